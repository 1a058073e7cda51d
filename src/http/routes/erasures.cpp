// /v1/erasures: who was erased, with receipts.

#include <utility>
#include <vector>

#include "core/base64.hpp"
#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/erasure.hpp"
#include "http/api.hpp"
#include "http/described.hpp"
#include "http/message.hpp"
#include "http/router.hpp"
#include "http/routes/listing.hpp"
#include "http/routes/routes.hpp"
#include "http/views_erasures.hpp"
#include "people/erasing.hpp"
#include "storage/erasure_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

Result<view::ErasureView> Show(const Erasure& erasure, const Erasing& erasing) {
    view::ErasureView shown{
        .id = erasure.id.Value(),
        .at = ToRfc3339(erasure.at),
        .by = erasure.actor,
        .people = {},
        .photos = erasure.photos,
        .faces = erasure.faces,
        .items = erasure.items,
        .done_at = {},
        .receipt = {}
    };
    for (const auto& person : erasure.people) {
        shown.people.push_back(person.Value());
    }
    if (!erasure.done_at) {
        return shown;
    }
    shown.done_at = ToRfc3339(*erasure.done_at);
    return erasing.Receipt(erasure).map([&](const ErasureReceipt& receipt) {
        shown.receipt = {
            .text = receipt.text,
            .signature = ToBase64(receipt.signature),
            .public_key = ToBase64(receipt.public_key)
        };
        return std::move(shown);
    });
}

Rank RankOfErasure(const Erasure& erasure) {
    return {.text = ToRfc3339(erasure.at), .tie = erasure.id.Value()};
}

std::vector<Order<Erasure>> Orders() {
    return {{.word = "at", .rank_of = RankOfErasure}, {.word = "-at", .rank_of = RankOfErasure}};
}

Response List(const Request& request, const ApiParts& parts) {
    const auto list = parts.storage.Read([](const Snapshot& snapshot) { return snapshot.erasures.List(); })
                          .and_then([&](std::vector<Erasure> erasures) {
                              return PageOfRows(std::move(erasures), request, Orders());
                          })
                          .and_then([&](const Page<Erasure>& page) -> Result<view::ErasureList> {
                              view::ErasureList shown{.rows = {}, .next = page.next};
                              for (const auto& erasure : page.rows) {
                                  auto row = Show(erasure, parts.erasing);
                                  if (!row) {
                                      return Unexpected(row.error());
                                  }
                                  shown.rows.push_back(std::move(*row));
                              }
                              return shown;
                          });
    return Answer(request, list, [](const view::ErasureList& shown) { return shown; });
}

}  // namespace

void AddErasureRoutes(Router& router, const ApiParts& parts) {
    router.Add(
        {.method = "GET",
         .pattern = "/v1/erasures",
         .scope = Scope::kRead,
         .tag = "people",
         .summary = "Who was erased",
         .description = "Ids, no names, the first one first. The receipt is there when artifacts of results "
                        "hold nothing of "
                        "the faces any more, a few seconds after the person was erased as a rule: its "
                        "signature is Ed25519 "
                        "(RFC 8032) of its text, signature and public key in base 64.",
         .query = SortedPageParameters(Orders()),
         .answer = &described::Schema<view::ErasureList>,
         .handle = [parts](Request& r) { return List(r, parts); }}
    );
}

}  // namespace notify
