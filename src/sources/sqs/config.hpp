#pragma once

// The configuration of a source that is a queue of messages, and the client it makes.

#include <chrono>
#include <cstdint>
#include <memory>
#include <stop_token>
#include <string_view>

#include "core/clock.hpp"
#include "core/http_client.hpp"
#include "core/result.hpp"
#include "domain/ids.hpp"
#include "sources/access.hpp"
#include "sources/sqs/client.hpp"
#include "sources/sqs/queue_address.hpp"

namespace notify::sqs {

/// When a queue is asked.
enum class PollMode : std::uint8_t {
    kLongPoll,  ///< All the time: it answers when a message is there.
    kInterval,  ///< Once in each interval.
};

struct Config {
    QueueAddress queue;
    HttpClientSettings network;
    PollMode mode = PollMode::kLongPoll;
    std::chrono::seconds interval{60};  ///< The longest that the queue is not asked; 1 to 3,600.
    std::chrono::seconds hidden{120};   ///< From other receivers, while a message is taken in; 30 to 43,200.
};

/// JSON Schema of the configuration of a source of kind "sqs".
[[nodiscard]] std::string_view Schema();

/// Reads the canonical JSON of a source (its schema was checked). kInvalidArgument with a JSON pointer: as
/// ReadQueueAddress and objects::ReadNetwork.
[[nodiscard]] Result<Config> ReadConfig(std::string_view json);

/// A client of the queue that signs with the source's newest key pair, or the one before it when that was
/// refused. `clock` outlives it.
[[nodiscard]] std::shared_ptr<Client> Connect(
    const Config& config, const SourceId& id, const FindAccess& access, const Clock& clock
);

/// Asks the queue of the source for its attributes. Errors of `access` and of the client.
[[nodiscard]] Result<void> Test(
    const SourceId& id, const FindAccess& access, const Clock& clock, const std::stop_token& stop
);

}  // namespace notify::sqs
