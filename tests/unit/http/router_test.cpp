#include "http/router.hpp"

#include <chrono>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/people_repository.hpp"
#include "support/people.hpp"
#include "unit/http/fixture.hpp"

namespace notify {
namespace {

using ::testing::HasSubstr;
using testing::HeaderOf;
using testing::JsonOf;
using ::testing::Not;
using testing::PathOf;

using RouterTest = testing::ApiTest;

TEST_F(RouterTest, LetsInEveryKeyThatHasTheScopeOfTheRouteAndNoOther) {
    const auto revoked = MakeKey({"admin"});
    ASSERT_EQ(Ask("DELETE", "/v1/keys/" + IdOfKey(revoked)).status, 204);
    const auto until = ToRfc3339(clock_.Now() + std::chrono::seconds(1));
    const auto ending =
        Expect(201, "POST", "/v1/keys", R"({"name":"a","scopes":["admin"],"expires_at":")" + until + "\"}");
    const std::string expired(ending.at("key").as_string());
    EXPECT_EQ(AskAs(expired, "GET", "/v1/keys").status, 200);
    clock_.Advance(std::chrono::seconds(1));
    auto wrong = admin_key_;
    wrong.back() = wrong.back() == '0' ? '1' : '0';
    const auto unknown = "nk_01ARZ3NDEKTSV4RRFFQ69G5FAV_" + std::string(64, '0');
    using enum Scope;
    const std::vector<std::pair<std::string, std::set<Scope>>> good{
        {read_key_, {kNone, kRead}},
        {write_key_, {kNone, kRead, kWrite, kPeople, kWebhooks}},
        {MakeKey({"people"}), {kNone, kRead, kPeople}},
        {MakeKey({"webhooks"}), {kNone, kRead, kWebhooks}},
        {MakeKey({"biometric"}), {kNone, kRead, kBiometric}},
        {admin_key_, {kNone, kRead, kWrite, kPeople, kWebhooks, kBiometric, kAdmin}}
    };
    int checked = 0;
    for (const auto& route : router_->Routes()) {
        const auto path = PathOf(route.pattern);
        const auto about = route.method + " " + path;
        for (const auto& bad :
             {std::string(), wrong, unknown, revoked, expired, std::string("nk_"), std::string("x")}) {
            const auto response = AskAs(bad, route.method, path);
            EXPECT_EQ(response.status == 401, route.scope != Scope::kNone)
                << about << " with '" << bad << "'";
            EXPECT_EQ(HeaderOf(response, "WWW-Authenticate") == "Bearer", route.scope != Scope::kNone);
        }
        for (const auto& [key, opened] : good) {
            const auto status = AskAs(key, route.method, path).status;
            EXPECT_EQ(status == 403, !opened.contains(route.scope)) << about << " answered " << status;
            EXPECT_NE(status, 401) << about;
            EXPECT_LT(status, 500) << about;
        }
        ++checked;
    }
    EXPECT_GT(checked, 35);
}

TEST_F(RouterTest, GivesReadToWhoReadsAndAdminToSourcesKeysRetentionAndAuditOnlyAndFacesToNeither) {
    for (const auto& route : router_->Routes()) {
        const bool open = route.pattern.starts_with("/health") || route.pattern.starts_with("/docs") ||
                          route.pattern == "/openapi.json" || route.pattern == "/";
        const bool sources = route.pattern == "/v1/buckets/import" ||
                             (route.pattern.starts_with("/v1/sources") && route.method != "GET");
        const bool admin = sources || route.pattern.starts_with("/v1/keys") ||
                           route.pattern == "/v1/retention/runs" || route.pattern == "/v1/audit" ||
                           route.pattern == "/v1/people/export";
        const auto begins = [&](std::string_view path) { return route.pattern.starts_with(path); };
        const bool people =
            begins("/v1/people") || begins("/v1/edits") || begins("/v1/faces") || begins("/v1/review");
        const auto expected = open                                                 ? Scope::kNone
                              : admin                                              ? Scope::kAdmin
                              : route.pattern.ends_with("/crop")                   ? Scope::kBiometric
                              : route.method == "GET"                              ? Scope::kRead
                              : people                                             ? Scope::kPeople
                              : begins("/v1/webhooks") || begins("/v1/deliveries") ? Scope::kWebhooks
                                                                                   : Scope::kWrite;
        EXPECT_EQ(route.scope, expected) << route.method << ' ' << route.pattern;
    }
}

TEST_F(RouterTest, TakesAKeyFromEitherHeaderAndTheSchemeInAnyCase) {
    const auto status = [&](const std::string& header, const std::string& value) {
        Request request;
        request.method = "GET";
        request.path = "/v1/items";
        request.headers[header] = value;
        return router_->Handle(std::move(request)).status;
    };
    EXPECT_EQ(status("authorization", "Bearer " + read_key_), 200);
    EXPECT_EQ(status("authorization", "bearer " + read_key_), 200);
    EXPECT_EQ(status("x-api-key", read_key_), 200);
    EXPECT_EQ(status("authorization", "Basic " + read_key_), 401);
    EXPECT_EQ(status("authorization", read_key_), 401);
}

TEST_F(RouterTest, AnswersWhatIsNotThereWith404AndAnotherMethodWith405) {
    for (const auto* path :
         {"/v1",
          "/v2/items",
          "/v1/items/",
          "/v1/items/a/b/c",
          "//v1/items",
          "/v1/items/../keys",
          "/docs/../../etc/passwd",
          "/docs/%2e%2e%2f%2e%2e%2fetc%2fpasswd",
          "/docs/..",
          "/V1/items"}) {
        const auto response = Ask("GET", path);
        EXPECT_EQ(response.status, 404) << path;
        EXPECT_EQ(response.content_type, "application/problem+json");
        EXPECT_EQ(JsonOf(response).at("code").as_string(), "not_found");
    }
    const auto response = Ask("BREW", "/v1/items");
    EXPECT_EQ(response.status, 405);
    EXPECT_EQ(HeaderOf(response, "Allow"), "GET, HEAD");
    EXPECT_EQ(HeaderOf(Ask("PUT", "/v1/buckets"), "Allow"), "GET, HEAD, POST");
    EXPECT_EQ(Ask("HEAD", "/v1/items").status, 200);
    EXPECT_EQ(Ask("HEAD", "/v1/items/none/rerun").status, 405);
}

TEST_F(RouterTest, FindsANameWithASlashAndAPathInAnyEncoding) {
    ASSERT_TRUE(storage_->Write([&](Transaction& transaction) {
        return testing::AddPerson(
            transaction, {.id = PersonId("per_1"), .name = "AC/DC", .created_at = clock_.Now()}
        );
    }));
    EXPECT_EQ(Expect(200, "GET", "/v1/people/AC%2FDC").at("id").as_string(), "per_1");
    EXPECT_EQ(Ask("GET", "/v1/people/AC/DC").status, 404);
    EXPECT_EQ(Ask("GET", "/v1/%69tems").status, 200);
    EXPECT_EQ(Ask("GET", "/v1%2Fitems").status, 404);
}

TEST_F(RouterTest, AnswersAnExceptionOfAHandlerWith500AndNothingOfItsText) {
    router_->Add(
        {.method = "GET",
         .pattern = "/throws",
         .scope = Scope::kNone,
         .tag = "",
         .summary = "",
         .handle = [](Request&) -> Response { throw std::runtime_error("/secret/path and a password"); }}
    );
    const auto response = Ask("GET", "/throws");
    EXPECT_EQ(response.status, 500);
    EXPECT_THAT(response.body, Not(HasSubstr("secret")));
    EXPECT_THAT(response.body, Not(HasSubstr("password")));
    EXPECT_EQ(JsonOf(response).at("code").as_string(), "internal");
    EXPECT_THAT(std::string(JsonOf(response).at("request_id").as_string()), HasSubstr("req_"));
}

TEST_F(RouterTest, TellsHowLargeABodyMayBeByTheRoute) {
    const auto limit = [&](const std::string& method, const std::string& path) {
        const auto admission =
            router_->Admit({.method = method, .path = path, .headers = {{"x-api-key", admin_key_}}});
        EXPECT_EQ(admission.refusal.has_value(), path == "/nowhere");
        return admission.max_body;
    };
    EXPECT_EQ(limit("POST", "/v1/people"), 48U << 20U);
    EXPECT_GT(limit("POST", "/v1/people/import"), 85U << 20U) << "64 MiB in base 64";
    EXPECT_EQ(limit("POST", "/v1/buckets"), 1U << 20U);
    EXPECT_EQ(limit("GET", "/v1/people"), 0U);
    EXPECT_EQ(limit("HEAD", "/v1/people"), 0U);
    EXPECT_EQ(limit("PATCH", "/v1/people/a%2Fb"), 1U << 20U);
    EXPECT_EQ(limit("POST", "/v1/items/itm_1/rerun"), 64U);
    EXPECT_EQ(limit("POST", "/nowhere"), 0U);
}

TEST_F(RouterTest, NeedsNoKeyOfTheControlSocket) {
    Request request;
    request.method = "GET";
    request.path = "/v1/keys";
    EXPECT_EQ(router_->Handle(request, true).status, 200);
    EXPECT_EQ(router_->Handle(request).status, 401);
}

TEST_F(RouterTest, RefusesListsThatAskForTooMuchOrGoOnFromNowhere) {
    for (const auto* list : {"/v1/items", "/v1/appearances", "/v1/deliveries", "/v1/events", "/v1/audit"}) {
        for (const auto* limit : {"0", "201", "-1", "x", "1x", "99999999999999999999"}) {
            EXPECT_EQ(Ask("GET", std::string(list) + "?limit=" + limit).status, 400) << list << limit;
        }
        EXPECT_EQ(Ask("GET", std::string(list) + "?limit=200").status, 200);
        EXPECT_EQ(Ask("GET", std::string(list) + "?after=no-such-row").status, 400) << list;
        EXPECT_EQ(Ask("GET", std::string(list) + "?after=").status, 200) << list;
    }
    EXPECT_EQ(Ask("GET", "/v1/items?status=Lost").status, 400);
    EXPECT_EQ(Ask("GET", "/v1/deliveries?status=Lost").status, 400);
    EXPECT_EQ(Ask("GET", "/v1/items?bucket=none").status, 404);
    EXPECT_EQ(Ask("GET", "/v1/events?after=-1").status, 400);
}

}  // namespace
}  // namespace notify
