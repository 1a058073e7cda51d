#include "http/routes/webhook_checks.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/result.hpp"
#include "http/event_views.hpp"
#include "storage/event_repository.hpp"

namespace notify {

namespace {

std::string NamesOfEvents() {
    std::string names;
    for (const auto& type : kEventTypes) {
        names += names.empty() ? "" : ", ";
        names += type.name;
    }
    return names;
}

}  // namespace

Result<void> CheckEventTypes(const std::vector<std::string>& types) {
    for (std::size_t i = 0; i < types.size(); ++i) {
        const bool known = std::ranges::any_of(kEventTypes, [&](const EventType& type) {
            return WantsType({types[i]}, type.name);
        });
        if (!known) {
            return Fail(
                ErrorCode::kInvalidArgument,
                fmt::format(
                    "/types/{}: there is no event '{}'; there are {}, and prefixes like item.*",
                    i,
                    types[i],
                    NamesOfEvents()
                )
            );
        }
    }
    return {};
}

Error AtMember(Error error) {
    for (const std::string_view member : {"url", "types", "description"}) {
        if (error.message.starts_with(std::string(member) + ": ")) {
            error.message.insert(0, "/");
        }
    }
    return error;
}

}  // namespace notify
