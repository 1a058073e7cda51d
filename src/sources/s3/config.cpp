#include "sources/s3/config.hpp"

#include <array>
#include <string>
#include <string_view>
#include <utility>

#include <boost/json/object.hpp>

#include "core/error.hpp"
#include "core/json.hpp"
#include "core/result.hpp"
#include "domain/named.hpp"
#include "sources/objects/network_config.hpp"
#include "sources/s3/endpoint.hpp"

namespace notify::s3 {

namespace {

using boost::json::object;

constexpr std::array<std::string_view, 3> kAddressingWords{"automatic", "path", "virtual_host"};

std::string Text(const object& json, std::string_view name) {
    const auto* found = json.if_contains(name);
    return found != nullptr && found->is_string() ? std::string(found->get_string()) : std::string();
}

double Number(const object& json, std::string_view name) {
    const auto* found = json.if_contains(name);
    return found != nullptr && found->is_number() ? found->to_number<double>() : 0;
}

}  // namespace

Result<Config> ReadConfig(std::string_view json_text) {
    const auto json = ParseJson(json_text);
    if (!json || !json->is_object()) {
        return Fail(ErrorCode::kInvalidArgument, "the configuration of the source is no JSON object");
    }
    const auto& given = json->get_object();
    const auto region = Text(given, "region");
    auto endpoint = Endpoint::Parse(
        Text(given, "endpoint"),
        region.empty() ? "us-east-1" : region,
        Named<Addressing>(kAddressingWords, Text(given, "addressing")).value_or(Addressing::kAutomatic)
    );
    if (!endpoint) {
        return Unexpected(endpoint.error().Within("/endpoint"));
    }
    auto network = objects::ReadNetwork(given);
    if (!network) {
        return Unexpected(network.error());
    }
    return Config{
        .endpoint = *std::move(endpoint),
        .network = *std::move(network),
        .limits = {
            .max_connections = static_cast<int>(Number(given, "max_connections")),
            .max_requests_s = Number(given, "max_requests_s"),
            .max_mbit_s = Number(given, "max_mbit_s")
        }
    };
}

}  // namespace notify::s3
