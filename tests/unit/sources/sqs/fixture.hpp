#pragma once

// What tests of the client of queues have in common.

#include <chrono>
#include <string>
#include <string_view>

#include "core/clock.hpp"
#include "sources/objects/pace.hpp"
#include "sources/s3/signer.hpp"
#include "sources/s3/sigv4.hpp"
#include "sources/sqs/client.hpp"
#include "sources/sqs/queue_address.hpp"

namespace notify::sqs {

inline const s3::Credentials kGood{.access_key = "AKTEST", .secret_key = "SecretForTests"};

inline s3::CredentialsProvider Always(const s3::Credentials& credentials) {
    return [credentials](const s3::Credentials* /*refused*/) { return credentials; };
}

/// Pauses are short enough for tests.
inline ClientSettings SettingsOf(
    std::string_view queue_url, std::string_view region = "eu-west-1", std::string_view endpoint = {}
) {
    return {
        .queue = ReadQueueAddress(queue_url, endpoint, region).value(),
        .retry = {
            .attempts = 4,
            .first_pause = std::chrono::milliseconds(1),
            .longest_pause = std::chrono::milliseconds(200)
        }
    };
}

}  // namespace notify::sqs
