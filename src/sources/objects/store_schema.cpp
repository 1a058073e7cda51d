#include "sources/objects/store_schema.hpp"

#include <string>
#include <string_view>

#include <fmt/format.h>

namespace notify::objects {

namespace {

constexpr std::string_view kInCommon = R"json(
        "proxy": {"type": "string", "description": "URL of a proxy, without name and password"},
        "no_proxy": {"type": "string", "description": "Names and networks reached without it, separated by commas"},
        "ca_file": {"type": "string", "description": "PEM file of the authorities that sign the store's certificate"},
        "client_certificate": {"type": "string", "description": "PEM file shown to the store"},
        "client_key": {"type": "string", "description": "PEM file of its key"},
        "bind_address": {"type": "string", "description": "Address or interface that connections start from"},
        "max_connections": {"type": "integer", "minimum": 1, "maximum": 1000, "description": "Requests under way at the same time, of this node"},
        "max_requests_s": {"type": "number", "minimum": 0.1, "description": "Requests that are begun in a second, of this node"},
        "max_mbit_s": {"type": "number", "minimum": 0.1, "description": "Read from the store in a second, in 10^6 bits, of this node"},
        "credentials": {"type": "object",
                        "description": "Names of settings that hold them: access_key, secret_key, session_token, token"}
)json";

}  // namespace

std::string StoreSchema(std::string_view own) {
    return fmt::format(
        R"({{"type": "object", "required": ["endpoint"], "properties": {{{},{}}}}})", own, kInCommon
    );
}

}  // namespace notify::objects
