#include "storage/sql/review_table.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/ids.hpp"
#include "storage/review_repository.hpp"
#include "storage/sql/connection.hpp"
#include "storage/sql/lists.hpp"

namespace notify::sql {

namespace {

// the order is that of the index appearance_proposed: ids have one length, so the text of a list of tracks
// grows as their number
constexpr const char* kProposalsSql = R"sql(
    SELECT r.id, r.name, a.item_id, a.result_id, a.probability, a.tracks
    FROM appearance a JOIN person p ON p.id = a.person_id JOIN person r ON r.id = p.root
    WHERE a.certainty = 'possible' AND a.by_user = 0 AND r.name IS NOT NULL AND r.hidden = 0
    ORDER BY a.probability * (1 - a.probability) * length(a.tracks) DESC, a.id LIMIT ?)sql";
constexpr const char* kCountProposalsSql = R"sql(
    SELECT count(*) FROM (
        SELECT 1 FROM appearance a JOIN person p ON p.id = a.person_id JOIN person r ON r.id = p.root
        WHERE a.certainty = 'possible' AND a.by_user = 0 AND r.name IS NOT NULL AND r.hidden = 0 LIMIT ?) AS counted)sql";
constexpr Sql kLinksSql{
    .sqlite = "SELECT id, link FROM face_track WHERE id = ?",
    .postgres = "SELECT id, link FROM face_track WHERE id IN (SELECT unnest(?))"
};
constexpr const char* kRemoveOverSql = "DELETE FROM review_skip WHERE until <= ?";
constexpr const char* kPutSql = R"sql(
    INSERT INTO review_skip (actor, question, until) VALUES (?, ?, ?)
    ON CONFLICT (actor, question) DO UPDATE SET until = excluded.until)sql";
constexpr const char* kSkippedSql = "SELECT question FROM review_skip WHERE actor = ? AND until > ?";

/// A row, and which track its link is of.
struct ProposalRow {
    Proposal proposal;
    TrackId first;
};

ProposalRow ReadProposal(Row& row) {
    ProposalRow read;
    read.proposal.person = row.As<PersonId>();
    read.proposal.name = row.Text();
    read.proposal.item = row.As<ItemId>();
    read.proposal.result = row.As<ResultId>();
    read.proposal.probability = row.Real();
    auto tracks = ListFromText(row.Text());
    read.proposal.faces = static_cast<std::int64_t>(tracks.size());
    if (!tracks.empty()) {
        read.first = TrackId(std::move(tracks.front()));
    }
    return read;
}

}  // namespace

Result<std::vector<Proposal>> ReviewTable::Proposals(int limit) const {
    auto rows = connection_.Select(kProposalsSql, ReadProposal, limit);
    if (!rows) {
        return Unexpected(rows.error());
    }
    std::vector<TrackId> firsts;
    firsts.reserve(rows->size());
    for (const auto& row : *rows) {
        firsts.push_back(row.first);
    }
    const auto links = connection_.SelectFor(kLinksSql, firsts, kBindItself, [](Row& row) {
        auto track = row.As<TrackId>();
        return std::pair(std::move(track), row.Int());
    });
    if (!links) {
        return Unexpected(links.error());
    }
    std::map<TrackId, int> link_of(links->begin(), links->end());
    std::vector<Proposal> proposals;
    proposals.reserve(rows->size());
    for (auto& [proposal, first] : *rows) {
        proposal.link = link_of[first];
        proposals.push_back(std::move(proposal));
    }
    return proposals;
}

Result<std::int64_t> ReviewTable::CountProposals(int most) const {
    return connection_.First(
                          kCountProposalsSql, [](Row& row) { return row.Integer(); }, most
    )
        .map([](const std::optional<std::int64_t>& count) { return count.value_or(0); });
}

Result<void> ReviewTable::Put(const Skip& skip, Timestamp now) {
    return connection_.Change(kRemoveOverSql, now)
        .and_then([&](int) { return connection_.Change(kPutSql, skip.actor, skip.question, skip.until); })
        .map([](int) {});
}

Result<std::set<QuestionId>> ReviewTable::SkippedBy(std::string_view actor, Timestamp now) const {
    return connection_.Select(
                          kSkippedSql, [](Row& row) { return row.As<QuestionId>(); }, actor, now
    )
        .map([](const std::vector<QuestionId>& rows) {
            return std::set<QuestionId>(rows.begin(), rows.end());
        });
}

}  // namespace notify::sql
