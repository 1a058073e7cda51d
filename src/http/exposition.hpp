#pragma once

// The pieces of Prometheus' text exposition, format 0.0.4.

#include <string>
#include <string_view>

#include <fmt/format.h>

namespace notify {

/// A label's value as it stands between quotes.
[[nodiscard]] inline std::string LabelText(std::string_view text) {
    std::string escaped;
    for (const char c : text) {
        escaped += c == '\n' ? "\\n" : c == '"' || c == '\\' ? std::string{'\\', c} : std::string(1, c);
    }
    return escaped;
}

/// What a metric is: the two lines before its values. `type`: "counter", "gauge" or "histogram".
[[nodiscard]] inline std::string MetricHead(
    std::string_view name, std::string_view type, std::string_view help
) {
    return fmt::format("# HELP {0} {2}\n# TYPE {0} {1}\n", name, type, help);
}

/// A metric without labels.
[[nodiscard]] std::string OneMetric(
    std::string_view name, std::string_view type, std::string_view help, auto value
) {
    return MetricHead(name, type, help) + fmt::format("{} {}\n", name, value);
}

}  // namespace notify
