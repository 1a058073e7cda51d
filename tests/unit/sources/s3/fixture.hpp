#pragma once

// A client of the fake S3, with pauses short enough for tests.

#include <chrono>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <gtest/gtest.h>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "fakes/s3_server.hpp"
#include "sources/objects/pace.hpp"
#include "sources/objects/ranged_body.hpp"
#include "sources/s3/client.hpp"

namespace notify::s3 {

inline const Credentials kGood{.access_key = "AKTEST", .secret_key = "SecretForTests"};

inline objects::RetryLimits QuickRetries() {
    return {
        .attempts = 8,
        .first_pause = std::chrono::milliseconds(1),
        .longest_pause = std::chrono::milliseconds(200),
    };
}

class S3ClientTest : public ::testing::Test {
protected:
    [[nodiscard]] ClientSettings Settings(std::string_view url = {}) const {
        const auto address = url.empty() ? fake_.Url() : std::string(url);
        return {.endpoint = Endpoint::Parse(address).value(), .retry = QuickRetries()};
    }

    [[nodiscard]] static CredentialsProvider Always(const Credentials& credentials) {
        return [credentials](const Credentials* /*refused*/) { return credentials; };
    }

    /// Writes an object; returns its ETag.
    std::string Put(const std::string& key, std::string_view bytes) {
        return client_.Write("media", key, bytes, {}, {}).value();
    }

    static Result<std::string> ReadWith(
        Client& client, const std::string& key, const objects::ReadRequest& request, std::size_t length
    ) {
        std::string bytes(length, '\0');
        const auto done =
            client.Read("media", key, request, std::as_writable_bytes(std::span(bytes)), std::stop_token());
        return done ? Result<std::string>(bytes) : Result<std::string>(Unexpected(done.error()));
    }

    /// The whole object, which is known to have that size and ETag.
    Result<std::string> ReadAll(const std::string& key, std::size_t size, const std::string& etag) {
        return ReadWith(client_, key, {.object_size = size, .etag = etag}, size);
    }

    notify::testing::FakeS3 fake_;
    SystemClock clock_;
    Client client_{Settings(), Always(kGood), clock_};
};

/// 7-bit noise that tells where it comes from.
inline std::string Noise(std::size_t size) {
    std::string bytes(size, '\0');
    std::uint32_t state = 7;
    for (auto& c : bytes) {
        state = state * 1664525U + 1013904223U;
        c = static_cast<char>((state >> 24U) & 0x7FU);
    }
    return bytes;
}

}  // namespace notify::s3
