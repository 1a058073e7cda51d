// /v1/sources.

#include <charconv>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/json.hpp"
#include "core/result.hpp"
#include "core/ulid.hpp"
#include "domain/ids.hpp"
#include "domain/source.hpp"
#include "http/api.hpp"
#include "http/described.hpp"
#include "http/entity_tag.hpp"
#include "http/message.hpp"
#include "http/problem.hpp"
#include "http/router.hpp"
#include "http/routes/listing.hpp"
#include "http/routes/routes.hpp"
#include "http/routes/secret_checks.hpp"
#include "http/routes/source_shown.hpp"
#include "http/routes/source_writing.hpp"
#include "http/views_sources.hpp"
#include "sources/access.hpp"
#include "storage/bucket_repository.hpp"
#include "storage/key_repository.hpp"
#include "storage/kind_source.hpp"
#include "storage/source_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

/// A source with its secrets.
struct Kept {
    Source source;
    std::vector<SourceSecret> secrets;
};

Result<Kept> WithSecrets(const Snapshot& snapshot, Source source) {
    return snapshot.sources.Secrets(source.id).map([&](std::vector<SourceSecret> secrets) {
        return Kept{.source = std::move(source), .secrets = std::move(secrets)};
    });
}

class SourceRoutes {
public:
    explicit SourceRoutes(ApiParts parts) : parts_(std::move(parts)) {}

    [[nodiscard]] Response List(const Request& request) const {
        const auto sources = parts_.storage.Read([&](const Snapshot& snapshot) -> Result<view::SourceList> {
            auto page = snapshot.sources.List().and_then([&](std::vector<Source> rows) {
                return PageOfRows(std::move(rows), request, OrdersByNameOrTime<Source>());
            });
            if (!page) {
                return Unexpected(page.error());
            }
            view::SourceList list{.rows = {}, .next = std::move(page->next)};
            for (auto& source : page->rows) {
                const auto kept = WithSecrets(snapshot, std::move(source));
                if (!kept) {
                    return Unexpected(kept.error());
                }
                list.rows.push_back(Show(*kept));
            }
            return list;
        });
        return Answer(request, sources, [](const view::SourceList& list) { return list; });
    }

    [[nodiscard]] Response Get(const Request& request) const {
        const auto found = parts_.storage.Read([&](const Snapshot& snapshot) {
            return FindSource(snapshot, request.parameters[0]).and_then([&](Source source) {
                return WithSecrets(snapshot, std::move(source));
            });
        });
        return Answer(request, found, [this](const Kept& kept) { return Show(kept); });
    }

    [[nodiscard]] Response Add(const Request& request) const {
        return WithBody<view::NewSource>(request, [&](const view::NewSource& wanted) {
            return Answer(
                request, Make(request, wanted), [this](const Kept& kept) { return Show(kept); }, 201
            );
        });
    }

    [[nodiscard]] Response Change(const Request& request) const {
        return WithBody<view::SourceChange>(request, [&](const view::SourceChange& change) {
            const auto changed = Update(request, change);
            parts_.scheduler.Refresh();
            parts_.nudge();
            return Answer(request, changed, [this](const Kept& kept) { return Show(kept); });
        });
    }

    [[nodiscard]] Response Remove(const Request& request) const {
        return NoContent(request, parts_.storage.Write([&](Transaction& transaction) {
            return FindSource(transaction.View(), request.parameters[0]).and_then([&](const Source& source) {
                return CheckUnchanged<view::SourceChange>(request, ShowEdited(source))
                    .and_then([&] { return transaction.sources.Remove(source.id); })
                    .and_then([&] {
                        return Audit(transaction, request, "source.remove", source, source.name);
                    });
            });
        }));
    }

    [[nodiscard]] Response AddSecret(const Request& request) const {
        return WithBody<view::NewSecret>(request, [&](const view::NewSecret& wanted) {
            const auto secret = SecretFrom(wanted);
            if (!secret) {
                return Problem(secret.error(), request.id);
            }
            const auto added = parts_.storage.Write([&](Transaction& transaction) {
                return FindSource(transaction.View(), request.parameters[0]).and_then([&](Source source) {
                    return Keep(transaction, request, source, *secret)
                        .and_then([&] { return ReleaseBuckets(transaction, source.id); })
                        .and_then([&] { return WithSecrets(transaction.View(), std::move(source)); });
                });
            });
            parts_.scheduler.Refresh();
            parts_.nudge();
            return Answer(request, added, [this](const Kept& kept) { return Show(kept); }, 201);
        });
    }

    [[nodiscard]] Response RemoveSecret(const Request& request) const {
        const auto& text = request.parameters[1];
        std::int64_t number = 0;  // no secret has it
        std::from_chars(text.data(), text.data() + text.size(), number);
        return NoContent(request, parts_.storage.Write([&](Transaction& transaction) {
            return FindSource(transaction.View(), request.parameters[0]).and_then([&](const Source& source) {
                return transaction.sources.RemoveSecret(source.id, number).and_then([&] {
                    return Audit(transaction, request, "source.remove_secret", source, request.parameters[1]);
                });
            });
        }));
    }

private:
    /// What was wrong with its buckets may be mended now.
    [[nodiscard]] Result<void> ReleaseBuckets(Transaction& transaction, const SourceId& id) const {
        const auto buckets = transaction.buckets.List();
        if (!buckets) {
            return Unexpected(buckets.error());
        }
        for (const auto& bucket : *buckets) {
            if (bucket.source_id != id) {
                continue;
            }
            const auto now = parts_.clock.Now();
            const auto woken = transaction.buckets.Release(bucket.id, now).and_then([&](bool) {
                return transaction.buckets.Wake(bucket.id, now);
            });
            if (!woken) {
                return Unexpected(woken.error());
            }
        }
        return {};
    }

    [[nodiscard]] view::SourceView Show(const Kept& kept) const {
        return ShowSource(parts_, kept.source, kept.secrets);
    }

    [[nodiscard]] Result<void> Audit(
        Transaction& transaction,
        const Request& request,
        std::string_view action,
        const Source& source,
        std::string_view detail
    ) const {
        return transaction.keys.AddAudit(
            {.at = parts_.clock.Now(),
             .actor = request.caller.actor,
             .action = std::string(action),
             .subject = source.id.Value(),
             .detail = std::string(detail)}
        );
    }

    [[nodiscard]] Result<void> Keep(
        Transaction& transaction, const Request& request, const Source& source, const Secret& secret
    ) const {
        return transaction.sources
            .AddSecret({
                .source_id = source.id,
                .access_key = secret.access_key,
                .sealed = parts_.seal(secret),
                .expires_at = secret.expires_at,
                .added_at = parts_.clock.Now(),
            })
            .and_then([&](std::int64_t) {
                return Audit(transaction, request, "source.add_secret", source, secret.access_key);
            });
    }

    [[nodiscard]] Result<std::string> ConfigOf(
        std::string_view kind, const boost::json::value& config
    ) const {
        return parts_.sources.Normalise(kind, ToJsonText(config)).map_error([](Error error) {
            error.message = (error.message.starts_with('/') ? "/config" : "/config: ") + error.message;
            return error;
        });
    }

    [[nodiscard]] Result<Kept> Make(const Request& request, const view::NewSource& wanted) const {
        if (const auto known = parts_.sources.Schema(wanted.kind); !known) {
            return Unexpected(known.error().Within("/kind"));
        }
        const auto config = ConfigOf(wanted.kind, wanted.config.value_or(boost::json::object{}));
        const auto secret = wanted.secret ? SecretFrom(*wanted.secret).map_error([](Error error) {
            error.message = "/secret" + error.message;
            return error;
        })
                                          : Result<Secret>(Secret{});
        if (!config || !secret) {
            return Unexpected(config ? secret.error() : config.error());
        }
        const Source source{
            .id = SourceId(MakeId("src")),
            .kind = wanted.kind,
            .name = wanted.name ? wanted.name->text : wanted.kind,
            .config = *config,
            .max_in_flight = wanted.max_in_flight ? wanted.max_in_flight->value : 0,
            .created_at = parts_.clock.Now()
        };
        return parts_.storage.Write([&](Transaction& transaction) {
            return transaction.sources.Add(source)
                .and_then([&] { return Audit(transaction, request, "source.add", source, source.name); })
                .and_then([&] {
                    return wanted.secret ? Keep(transaction, request, source, *secret) : Result<void>{};
                })
                .and_then([&] { return WithSecrets(transaction.View(), source); });
        });
    }

    [[nodiscard]] Result<Kept> Update(const Request& request, const view::SourceChange& change) const {
        const auto known = parts_.storage.Read([&](const Snapshot& snapshot) {
            return FindSource(snapshot, request.parameters[0]);
        });
        if (!known) {
            return Unexpected(known.error());
        }
        // its kind never changes, so that what files say of a configuration is looked at before the
        // transaction
        auto config =
            change.config ? ConfigOf(known->kind, *change.config) : Result<std::string>(std::string());
        if (!config) {
            return Unexpected(config.error());
        }
        auto kept = parts_.storage.Write([&](Transaction& transaction) -> Result<Kept> {
            auto source = transaction.sources.Get(known->id);
            if (!source) {
                return Unexpected(source.error());
            }
            if (auto same = CheckUnchanged<view::SourceChange>(request, ShowEdited(*source)); !same) {
                return Unexpected(same.error());
            }
            source->config = change.config ? *config : source->config;
            source->max_in_flight =
                change.max_in_flight ? change.max_in_flight->value : source->max_in_flight;
            source->name = change.name ? change.name->text : source->name;
            return transaction.sources.Update(*source)
                .and_then([&] { return Audit(transaction, request, "source.change", *source, source->name); })
                .and_then([&] { return ReleaseBuckets(transaction, source->id); })
                .and_then([&] { return WithSecrets(transaction.View(), *source); });
        });
        if (kept) {
            PublishAnew(parts_, *known, kept->source, request.stop);
        }
        return kept;
    }

    ApiParts parts_;
};

constexpr std::string_view kTag = "sources";

void AddSecretRoutes(Router& router, const std::shared_ptr<SourceRoutes>& routes) {
    router.Add(
        {.method = "POST",
         .pattern = "/v1/sources/{source}/secrets",
         .scope = Scope::kAdmin,
         .tag = std::string(kTag),
         .summary = "Give a source a new secret",
         .description = "access_key with secret_key (and session_token), or a token. Two live beside each "
                        "other: the new one "
                        "is tried first, the one before it when the store refuses the new one. It is taken "
                        "at once, without a "
                        "restart, and never shown.",
         .body = &described::Schema<view::NewSecret>,
         .answer = &described::Schema<view::SourceView>,
         .status = 201,
         .handle = [routes](Request& r) { return routes->AddSecret(r); }}
    );
    router.Add(
        {.method = "DELETE",
         .pattern = "/v1/sources/{source}/secrets/{number}",
         .scope = Scope::kAdmin,
         .tag = std::string(kTag),
         .summary = "Forget a secret",
         .description = "The one of that number. A source without any uses the settings.",
         .status = 204,
         .handle = [routes](Request& r) { return routes->RemoveSecret(r); }}
    );
}

}  // namespace

// NOLINTNEXTLINE(readability-function-size): a table
void AddSourceRoutes(Router& router, const ApiParts& parts) {
    const auto routes = std::make_shared<SourceRoutes>(parts);  // shared by the handlers below
    const std::string tag(kTag);
    const auto source = &described::Schema<view::SourceView>;
    router.Add(
        {.method = "GET",
         .pattern = "/v1/sources",
         .scope = Scope::kRead,
         .tag = tag,
         .summary = "Sources",
         .description =
             "Connections to stores. A complete set of a store's variables in `.env` makes one at the start; "
             "`note` says what it still lacks. What asked a queue for news of a store, getQueueMessage, is "
             "the queue message poller of its source; the config.json of the service before is read by the "
             "command `sources import`.",
         .query = SortedPageParameters(OrdersByNameOrTime<Source>()),
         .answer = &described::Schema<view::SourceList>,
         .handle = [routes](Request& r) { return routes->List(r); }}
    );
    router.Add(
        {.method = "POST",
         .pattern = "/v1/sources",
         .scope = Scope::kAdmin,
         .tag = tag,
         .summary = "Add a source",
         .description =
             "What may stand in `config`: GET /v1/store-kinds. Without a secret the source uses what "
             "`config.credentials` names, or AWS_ACCESS_KEY and AWS_SECRET_KEY of the settings.",
         .body = &described::Schema<view::NewSource>,
         .answer = source,
         .status = 201,
         .handle = [routes](Request& r) { return routes->Add(r); }}
    );
    router.Add(
        {.method = "GET",
         .pattern = "/v1/sources/{source}",
         .scope = Scope::kRead,
         .tag = tag,
         .summary = "One source",
         .description = "By id or by name.",
         .answer = source,
         .handle = [routes](Request& r) { return routes->Get(r); }}
    );
    router.Add(
        {.method = "PATCH",
         .pattern = "/v1/sources/{source}",
         .scope = Scope::kAdmin,
         .tag = tag,
         .summary = "Change a source",
         .description =
             "What is not given stays; `config` is given whole. It counts at once. Where it says that "
             "results "
             "are written to Iconik otherwise, what was published before is put into the outbox anew.",
         .body = &described::Schema<view::SourceChange>,
         .edits = described::MemberNames<view::SourceChange>(),
         .answer = source,
         .handle = [routes](Request& r) { return routes->Change(r); }}
    );
    router.Add(
        {.method = "DELETE",
         .pattern = "/v1/sources/{source}",
         .scope = Scope::kAdmin,
         .tag = tag,
         .summary = "Remove a source",
         .description = "Only while no bucket is in it. Its secrets and rules go with it.",
         .status = 204,
         .handle = [routes](Request& r) { return routes->Remove(r); }}
    );
    AddSecretRoutes(router, routes);
}

}  // namespace notify
