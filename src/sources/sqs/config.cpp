#include "sources/sqs/config.hpp"

#include <array>
#include <chrono>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>

#include <boost/json/object.hpp>
#include <fmt/format.h>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/json.hpp"
#include "core/result.hpp"
#include "domain/ids.hpp"
#include "domain/named.hpp"
#include "sources/access.hpp"
#include "sources/objects/faults.hpp"
#include "sources/objects/network_config.hpp"
#include "sources/s3/live_credentials.hpp"
#include "sources/sqs/client.hpp"
#include "sources/sqs/queue_address.hpp"
#include "sources/sqs/wire.hpp"

namespace notify::sqs {

namespace {

using boost::json::object;

constexpr std::array<std::string_view, 2> kModes{"long_poll", "interval"};

constexpr std::string_view kOwn = R"json(
        "queue_url": {"type": "string", "description": "URL of the queue: https://sqs.us-east-2.amazonaws.com/123456789012/events"},
        "region": {"type": "string", "description": "Region that requests are signed for; needed when the host of the URL does not name it"},
        "endpoint": {"type": "string", "description": "Where the queue is asked, when that is not the host of its URL: a VPC endpoint, ElasticMQ, LocalStack"},
        "mode": {"type": "string", "enum": ["long_poll", "interval"], "default": "long_poll",
                 "description": "Ask all the time, so that a message is taken when it comes; or once in each interval"},
        "poll_interval_s": {"type": "integer", "minimum": 1, "maximum": 3600, "default": 60,
                            "description": "Seconds: the longest that the queue is not asked; of mode interval, from one request to the next"},
        "visibility_timeout_s": {"type": "integer", "minimum": 30, "maximum": 43200, "default": 120,
                                 "description": "Seconds that a message is hidden from others while it is taken in"})json";

std::string Text(const object& json, std::string_view name) {
    const auto* found = json.if_contains(name);
    return found != nullptr && found->is_string() ? std::string(found->get_string()) : std::string();
}

std::chrono::seconds Seconds(const object& json, std::string_view name, std::chrono::seconds otherwise) {
    const auto* found = json.if_contains(name);
    return found != nullptr && found->is_int64() ? std::chrono::seconds(found->get_int64()) : otherwise;
}

}  // namespace

std::string_view Schema() {
    static const std::string schema = fmt::format(
        R"({{"type": "object", "required": ["queue_url"], "properties": {{{},{}}}}})",
        kOwn,
        objects::NetworkProperties()
    );
    return schema;
}

Result<Config> ReadConfig(std::string_view json_text) {
    const auto json = ParseJson(json_text);
    if (!json || !json->is_object()) {
        return Fail(ErrorCode::kInvalidArgument, "the configuration of the source is no JSON object");
    }
    const auto& given = json->get_object();
    auto queue = ReadQueueAddress(Text(given, "queue_url"), Text(given, "endpoint"), Text(given, "region"));
    auto network = objects::ReadNetwork(given);
    if (!queue || !network) {
        return Unexpected(queue ? network.error() : queue.error());
    }
    Config config{.queue = *std::move(queue), .network = *std::move(network)};
    config.mode = Named<PollMode>(kModes, Text(given, "mode")).value_or(PollMode::kLongPoll);
    config.interval = Seconds(given, "poll_interval_s", config.interval);
    config.hidden = Seconds(given, "visibility_timeout_s", config.hidden);
    return config;
}

std::shared_ptr<Client> Connect(
    const Config& config, const SourceId& id, const FindAccess& access, const Clock& clock
) {
    return std::make_shared<Client>(
        ClientSettings{.queue = config.queue, .network = config.network},
        s3::LiveCredentials(access, id),
        clock
    );
}

Result<void> Test(
    const SourceId& id, const FindAccess& access, const Clock& clock, const std::stop_token& stop
) {
    const auto found = access(id);
    if (!found) {
        return Unexpected(found.error());
    }
    const auto config = ReadConfig(found->source.config);
    if (!config) {
        return Unexpected(
            objects::LastingFault(
                ErrorCode::kUnavailable,
                objects::kBadNetworkSetup,
                fmt::format(
                    "the configuration of source '{}': {}", found->source.name, config.error().message
                )
            )
        );
    }
    return Connect(*config, id, access, clock)->Attributes(stop).map([](const QueueAttributes&) {});
}

}  // namespace notify::sqs
