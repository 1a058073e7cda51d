#include "http/routes/webhook_checks.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/result.hpp"
#include "domain/event.hpp"
#include "domain/ids.hpp"
#include "http/event_views.hpp"
#include "processors/kind.hpp"
#include "storage/bucket_repository.hpp"
#include "storage/event_repository.hpp"
#include "storage/people_repository.hpp"
#include "storage/source_repository.hpp"
#include "storage/storage.hpp"

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

template <class IsThere>
Result<void> EachIsThere(
    std::string_view list, const std::vector<std::string>& wanted, const IsThere& is_there
) {
    const auto missing = std::ranges::find_if_not(wanted, is_there);
    if (missing == wanted.end()) {
        return {};
    }
    return Fail(
        ErrorCode::kInvalidArgument,
        fmt::format("/only/{}/{}: there is no '{}' among them", list, missing - wanted.begin(), *missing)
    );
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

Result<void> CheckOrigins(Storage& storage, const EventOrigins& only) {
    return storage.Read([&](const Snapshot& snapshot) {
        return EachIsThere(
                   "sources",
                   only.sources,
                   [&](const std::string& id) { return snapshot.sources.Get(SourceId(id)).has_value(); }
        )
            .and_then([&] {
                return EachIsThere("buckets", only.buckets, [&](const std::string& id) {
                    return snapshot.buckets.Get(BucketId(id)).has_value();
                });
            })
            .and_then([&] {
                return EachIsThere("processors", only.processors, [](const std::string& name) {
                    return std::ranges::find(ProcessorKinds(), name, &ProcessorKind::name) !=
                           ProcessorKinds().end();
                });
            })
            .and_then([&] {
                return EachIsThere("people", only.people, [&](const std::string& id) {
                    return snapshot.people.Get(PersonId(id)).has_value();
                });
            });
    });
}

Error AtMember(Error error) {
    for (const std::string_view member : {"url", "types", "description"}) {
        if (error.message.starts_with(std::string(member) + ": ")) {
            error.message.insert(0, "/");
        }
    }
    for (const std::string_view member : {"proxy", "ca", "client_certificate", "client_key"}) {
        if (error.message.starts_with(std::string(member) + ": ")) {
            error.message.insert(0, "/transport/");
        }
    }
    return error;
}

}  // namespace notify
