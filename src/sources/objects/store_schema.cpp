#include "sources/objects/store_schema.hpp"

#include <string>
#include <string_view>

#include <fmt/format.h>

#include "sources/objects/network_config.hpp"

namespace notify::objects {

namespace {

constexpr std::string_view kLimits = R"json(
        "max_connections": {"type": "integer", "minimum": 1, "maximum": 1000, "description": "Requests under way at the same time, of this node"},
        "max_requests_s": {"type": "number", "minimum": 0.1, "description": "Requests that are begun in a second, of this node"},
        "max_mbit_s": {"type": "number", "minimum": 0.1, "description": "Read from the store in a second, in 10^6 bits, of this node"}
)json";

}  // namespace

std::string StoreSchema(std::string_view own) {
    return fmt::format(
        R"({{"type": "object", "required": ["endpoint"], "properties": {{{},{},{}}}}})",
        own,
        kLimits,
        NetworkProperties()
    );
}

}  // namespace notify::objects
