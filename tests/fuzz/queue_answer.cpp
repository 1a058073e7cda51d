// What a queue answers. The first byte says to which request: 'm' for messages, '0' to '9' and ':' for a
// batch of so many entries, 'a' for its attributes; of anything else it is an error.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/clock.hpp"
#include "core/http_client.hpp"
#include "fuzz/promise.hpp"
#include "sources/sqs/faults.hpp"
#include "sources/sqs/queue_address.hpp"
#include "sources/sqs/wire.hpp"

namespace notify::fuzz {
namespace {

void CheckMessages(std::string_view body) {
    const auto messages = sqs::ReadMessages(body);
    if (!messages) {
        return;
    }
    Promise(messages->size() <= sqs::kMostEntries, "a batch can be deleted by one request");
    for (const auto& message : *messages) {
        Promise(!message.receipt.empty(), "a message can be deleted");
        Promise(message.received >= 1, "a message was received once at least");
        Promise(
            !message.sent_at || (*message.sent_at >= Timestamp() &&
                                 *message.sent_at < Timestamp() + std::chrono::years(8030)),
            "a message was sent at a time that can be written"
        );
    }
}

void CheckBatch(std::string_view body, std::size_t count) {
    const auto refused = sqs::ReadBatch(body, count);
    if (!refused) {
        return;
    }
    std::size_t next = 0;
    for (const auto& entry : *refused) {
        Promise(
            entry.index >= next && entry.index < count, "each entry is told once, and is one of the batch"
        );
        next = entry.index + 1;
    }
}

void CheckAttributes(std::string_view body) {
    if (const auto attributes = sqs::ReadAttributes(body)) {
        Promise(attributes->hidden.count() >= 0, "messages are hidden for a time");
        Promise(attributes->most_receives >= 0, "a message is received a number of times");
    }
}

void CheckError(std::string_view body) {
    static const auto queue =
        sqs::ReadQueueAddress("https://sqs.eu-west-1.amazonaws.com/123456789012/events", "", "").value();
    const HttpResponse response{.status = 403, .body = std::string(body)};
    const auto fault =
        sqs::FaultOf(response, queue, {.name = "ReceiveMessage", .action = "receive from"}, Timestamp());
    Promise(!fault.reason.empty() && !fault.message.empty(), "a fault has a reason and a sentence");
    Promise(fault.message.size() < 2000, "a sentence can be read");
}

}  // namespace
}  // namespace notify::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) {
        return 0;
    }
    const std::string_view body(reinterpret_cast<const char*>(data) + 1, size - 1);
    if (data[0] == 'm') {
        notify::fuzz::CheckMessages(body);
    } else if (data[0] >= '0' && data[0] <= ':') {
        notify::fuzz::CheckBatch(body, static_cast<std::size_t>(data[0] - '0'));
    } else if (data[0] == 'a') {
        notify::fuzz::CheckAttributes(body);
    } else {
        notify::fuzz::CheckError(body);
    }
    return 0;
}
