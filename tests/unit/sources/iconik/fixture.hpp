#pragma once

// A client of the fake Iconik, with pauses short enough for tests, and media as its control path takes them.

#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <boost/json.hpp>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "core/base64.hpp"
#include "fakes/fake_store.hpp"
#include "sources/access.hpp"
#include "sources/iconik/budget.hpp"
#include "sources/iconik/client.hpp"
#include "support/set_clock.hpp"

namespace notify::iconik {

inline constexpr std::string_view kAsset = "22222222-2222-4222-8222-222222222222";
inline constexpr std::string_view kPlace = "11111111-1111-4111-8111-111111111111";
inline constexpr std::string_view kSaved = "33333333-3333-4333-8333-333333333333";

inline Secret SecretOfTests(std::string_view token = "token-of-tests") {
    return {.access_key = "app-of-tests", .secret_key = std::string(token)};
}

class IconikTest : public ::testing::Test {
protected:
    [[nodiscard]] ClientSettings Settings() const {
        return {
            .base_url = fake_.Url(),
            .retry = {
                .attempts = 6,
                .first_pause = std::chrono::milliseconds(1),
                .longest_pause = std::chrono::milliseconds(200)
            }
        };
    }

    /// Gives the newest secret that was not refused, as sources do.
    CredentialsProvider Credentials() {
        return [this](const Secret* refused) -> Result<Secret> {
            const std::scoped_lock lock(mutex_);
            return refused != nullptr && *refused == old_ && newer_ ? *newer_ : old_;
        };
    }

    void GiveNewer(std::string_view token) {
        const std::scoped_lock lock(mutex_);
        newer_ = SecretOfTests(token);
    }

    /// `more`: members of an asset as the fake's `make` takes them.
    void Make(std::string_view more, std::string_view id = kAsset) const {
        fake_.Set(
            fmt::format(
                R"({{"collections": [{{"id": "{}"}}], "make": [{{"id": "{}", "collections": ["{}"], {}}}]}})",
                kPlace,
                id,
                kPlace,
                more
            )
        );
    }

    static std::string Proxy(std::string_view data, int lines, std::string_view more = {}) {
        return fmt::format(
            R"({{"data": "{}", "lines": {}{}{}}})", ToBase64(data), lines, more.empty() ? "" : ", ", more
        );
    }

    static std::string Original(std::string_view data) {
        return fmt::format(R"("original": "{}")", ToBase64(data));
    }

    [[nodiscard]] std::int64_t Requests() const { return fake_.Seen().at("requests").as_int64(); }

    [[nodiscard]] Request GetAssetRequest() const {
        return {.path = fmt::format("assets/v1/assets/{}", kAsset), .what = "the asset"};
    }

    notify::testing::FakeIconik fake_;
    notify::testing::SetClock clock_;
    std::mutex mutex_;
    Secret old_ = SecretOfTests();
    std::optional<Secret> newer_;
    RateBudgets budgets_;
    Client client_{Settings(), Credentials(), budgets_, clock_};
};

}  // namespace notify::iconik
