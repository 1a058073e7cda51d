// notifications-api-processor: the sandboxed child. Started by the service, not by people.

#include <cstdlib>
#include <cstring>
#include <string_view>

#include <unistd.h>

#include "processors/child/loop.hpp"

#if defined(__SANITIZE_ADDRESS__)
// the leak checker would trace this process, which the sandbox forbids; leaks are looked for in the tests of
// the parts
extern "C" const char* __asan_default_options();  // NOLINT

extern "C" const char* __asan_default_options() {
    return "detect_leaks=0";
}  // NOLINT
#endif

int main(int argc, char** argv) {
    notify::ChildOptions options;
    for (int i = 1; i < argc; ++i) {
        const std::string_view name = argv[i];
        const std::string_view value = i + 1 < argc ? argv[i + 1] : "";
        if (name == "--load-models") {
            options.load_models = true;
            continue;
        }
        if (name == "--models") {
            options.models = value;
        } else if (name == "--precision") {
            options.precision = value == "bf16" ? notify::Precision::kBf16 : notify::Precision::kF32;
        } else if (name == "--data-bytes") {
            options.data_bytes = std::strtoull(value.data(), nullptr, 10);
        } else if (name == "--parent") {
            options.parent = std::atoi(value.data());
        } else {
            static constexpr std::string_view kUsage =
                "notifications-api-processor is started by notifications-api; see docs/child-protocol.md\n";
            static_cast<void>(::write(STDERR_FILENO, kUsage.data(), kUsage.size()));
            return 2;
        }
        ++i;
    }
    notify::RunChild(options);
}
