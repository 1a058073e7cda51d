#include "http/idempotency.hpp"

#include <chrono>
#include <stdexcept>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/ulid.hpp"
#include "storage/event_repository.hpp"
#include "storage/key_repository.hpp"
#include "unit/http/fixture.hpp"

namespace notify {
namespace {

using ::testing::HasSubstr;
using testing::HeaderOf;
using testing::JsonOf;

class IdempotencyTest : public testing::ApiTest {
protected:
    Response Post(
        const std::string& key, const std::string& target, std::string body, std::string caller = {}
    ) {
        Request request;
        request.id = MakeId("req");
        request.method = "POST";
        request.headers["authorization"] = "Bearer " + (caller.empty() ? admin_key_ : caller);
        request.headers["idempotency-key"] = key;
        request.body = std::move(body);
        EXPECT_TRUE(SetTarget(request, target));
        return router_->Handle(std::move(request));
    }

    std::size_t Pauses() { return Expect(200, "GET", "/v1/pauses").at("rows").as_array().size(); }
};

const std::string kPause = R"({"of":"everything","reason":"a test"})";

TEST_F(IdempotencyTest, DoesOnceWhatIsAskedTwice) {
    const auto first = Post("k1", "/v1/pauses", kPause);
    ASSERT_EQ(first.status, 201) << first.body;
    const auto again = Post("k1", "/v1/pauses", kPause);
    EXPECT_EQ(again.status, 201);
    EXPECT_EQ(again.body, first.body);
    EXPECT_EQ(HeaderOf(again, "Idempotent-Replayed"), "true");
    EXPECT_EQ(HeaderOf(first, "Idempotent-Replayed"), "");
    EXPECT_EQ(Pauses(), 1U);
}

TEST_F(IdempotencyTest, RefusesAnotherRequestWithTheSameKeyAndKeepsCallersApart) {
    ASSERT_EQ(Post("k1", "/v1/pauses", kPause).status, 201);
    const auto other = Post("k1", "/v1/pauses", R"({"of":"everything","reason":"another"})");
    EXPECT_EQ(other.status, 422);
    EXPECT_THAT(other.body, HasSubstr("idempotency_key_reused"));
    EXPECT_NE(HeaderOf(Post("k1", "/v1/pauses", kPause, write_key_), "Idempotent-Replayed"), "true");
    EXPECT_EQ(Post("a b", "/v1/pauses", kPause).status, 400);
    EXPECT_EQ(Post("", "/v1/pauses", kPause).status, 400);
    EXPECT_EQ(Post(std::string(256, 'k'), "/v1/pauses", kPause).status, 400);
}

TEST_F(IdempotencyTest, CountsWhatWasRefusedAsNotAskedAndForgetsAfterADay) {
    EXPECT_EQ(Post("k1", "/v1/pauses", "{}").status, 400);
    const auto first = Post("k1", "/v1/pauses", kPause);
    ASSERT_EQ(first.status, 201);
    clock_.Advance(std::chrono::hours(24) + std::chrono::seconds(1));
    EXPECT_EQ(HeaderOf(Post("k1", "/v1/pauses", kPause), "Idempotent-Replayed"), "");
}

TEST_F(IdempotencyTest, CountsWhatTheServiceFailedInAsNotAsked) {
    int asked = 0;
    router_->Add(
        {.method = "POST", .pattern = "/fails", .scope = Scope::kRead, .handle = [&](Request&) -> Response {
             ++asked;
             throw std::runtime_error("a bug");
         }}
    );
    EXPECT_EQ(Post("k1", "/fails", "").status, 500);
    EXPECT_EQ(Post("k1", "/fails", "").status, 500);
    EXPECT_EQ(asked, 2);
}

TEST_F(IdempotencyTest, KeepsNoSecretAndSaysThatItWasDone) {
    const std::string body = R"({"name":"a","scopes":["read"]})";
    const auto first = Post("k1", "/v1/keys", body);
    ASSERT_EQ(first.status, 201);
    const auto again = Post("k1", "/v1/keys", body);
    EXPECT_EQ(again.status, 409);
    EXPECT_THAT(again.body, HasSubstr("secret"));
}

TEST_F(IdempotencyTest, ForgetsAnswersAboutWhoIsErased) {
    const auto named = [&](const std::string& body) {
        const KeptAnswer kept{
            .caller = "c", .key = "k", .request_sha256 = "d", .status = 201, .body = body, .at = clock_.Now()
        };
        return storage_
            ->Write([&](Transaction& t) {
                return t.keys.KeepAnswer(kept, clock_.Now() - std::chrono::hours(1));
            })
            .value()
            .has_value();
    };
    EXPECT_FALSE(named(R"({"person":"per_1","name":"Ada"})"));
    EXPECT_TRUE(named(""));
    ASSERT_TRUE(storage_->Write([](Transaction& t) { return t.events.ForgetName(PersonId("per_1"), {}); }));
    EXPECT_FALSE(named(""));
}

}  // namespace
}  // namespace notify
