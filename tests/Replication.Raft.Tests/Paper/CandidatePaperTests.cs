using Replication.Raft.Messages;
using Replication.Raft.Primitives;
using Replication.Raft.Tests.Clusters;
using static Replication.Raft.Tests.Clusters.SingleCore;

namespace Replication.Raft.Tests.Paper;

/// <summary>What the paper asks of candidates, sentence by sentence.</summary>
public class CandidatePaperTests
{
    // Paper §5.2: "To begin an election, a follower increments its current term and transitions to candidate state.
    // It then votes for itself and issues RequestVote RPCs in parallel to each of the other servers in the cluster."
    [Fact]
    public void An_election_raises_the_term_votes_for_itself_and_asks_all_others()
    {
        SingleCore core = Follower(voters: 5, log: [1, 2], term: 2);

        RaftOutput output = core.Stand();

        Assert.Equal(RaftRole.Candidate, core.Status.Role);
        Assert.Equal(new HardState(new Term(3), new NodeId(1)), output.HardState);
        Assert.Equal([2, 3, 4, 5], output.MessagesAfterPersist.Select(message => message.To.Value));
        Assert.All(output.MessagesAfterPersist.Cast<RequestVote>(), request =>
        {
            Assert.Equal(new Term(3), request.Term);
            Assert.Equal(Id(2, 2), request.LastLogId);
        });
    }

    // Thesis §3.8: a server persists its term and vote before it sends anything that depends on them.
    [Fact]
    public void A_candidate_sends_nothing_before_its_vote_is_durable()
    {
        SingleCore core = Follower();

        RaftOutput output = core.Stand();

        Assert.Empty(output.Messages);
        Assert.Equal(2, output.MessagesAfterPersist.Count);
    }

    // Thesis §9.6: before it raises its term, a server asks whether it could win; a majority must say yes.
    [Fact]
    public void A_pre_candidate_raises_no_term_until_a_majority_would_vote_for_it()
    {
        SingleCore core = Follower(voters: 5);

        RaftOutput asked = core.WaitForDeadline();
        Assert.Equal(4, asked.Messages.Count(message => message is RequestVote { IsPreVote: true, Term.Value: 1 }));
        Assert.False(asked.HasSomethingToPersist);

        core.Receive(VoteReply(2, 1, isPreVote: true));
        core.Receive(VoteReply(2, 1, isPreVote: true));
        Assert.Equal(RaftRole.PreCandidate, core.Status.Role);
        Assert.Equal(Term.Zero, core.Term);

        core.Receive(VoteReply(3, 1, isPreVote: true));
        Assert.Equal(RaftRole.Candidate, core.Status.Role);
        Assert.Equal(new Term(1), core.Term);
    }

    // Paper §5.2: "A candidate wins an election if it receives votes from a majority of the servers in the full
    // cluster for the same term."
    [Theory]
    [InlineData(3, 1)]
    [InlineData(4, 2)]
    [InlineData(5, 2)]
    [InlineData(7, 3)]
    public void A_candidate_wins_with_the_votes_of_a_majority(int voters, int needed)
    {
        SingleCore core = Candidate(voters);
        for (int vote = 0; vote < needed; vote++)
        {
            Assert.Equal(RaftRole.Candidate, core.Status.Role);
            core.Receive(VoteReply(2 + vote, term: 1));
        }

        Assert.Equal(RaftRole.Leader, core.Status.Role);
    }

    // Thesis §3.8: the candidate's own vote counts once it is durable, like anybody's.
    [Fact]
    public void The_own_vote_counts_when_it_is_durable()
    {
        SingleCore core = Follower();
        core.Stand();

        core.Receive(VoteReply(2, term: 1));
        Assert.Equal(RaftRole.Candidate, core.Status.Role);

        core.Persist();
        Assert.Equal(RaftRole.Leader, core.Status.Role);
    }

    // Paper §5.2: a voter has one vote: an answer that comes twice, or a refusal taken for a vote, makes no majority.
    [Fact]
    public void Doubled_votes_and_refusals_make_no_majority()
    {
        SingleCore core = Candidate(voters: 5);

        core.Receive(VoteReply(2, term: 1));
        core.Receive(VoteReply(2, term: 1));
        core.Receive(VoteReply(3, term: 1, granted: false));
        core.Receive(VoteReply(3, term: 1));

        Assert.Equal(RaftRole.Candidate, core.Status.Role);
    }

    // Paper §5.2: votes count "for the same term" only.
    [Fact]
    public void Votes_of_an_earlier_term_do_not_count()
    {
        SingleCore core = Candidate(voters: 3, term: 6);

        core.Receive(VoteReply(2, term: 6));
        core.Receive(VoteReply(3, term: 6));

        Assert.Equal(RaftRole.Candidate, core.Status.Role);
    }

    // Paper §5.2: "If the leader's term (included in its RPC) is at least as large as the candidate's current term,
    // then the candidate recognizes the leader as legitimate and returns to follower state."
    [Fact]
    public void A_candidate_follows_the_leader_of_its_term()
    {
        SingleCore core = Candidate();

        core.Receive(Append(from: 2, term: 1, LogId.Zero, []));

        Assert.Equal(RaftRole.Follower, core.Status.Role);
        Assert.Equal(new NodeId(2), core.Status.Leader);
        Assert.Equal(new NodeId(1), core.Status.VotedFor);
    }

    // Paper §5.2: "If the term in the RPC is smaller than the candidate's current term, then the candidate rejects
    // the RPC and continues in candidate state."
    [Fact]
    public void A_candidate_rejects_the_leader_of_an_earlier_term()
    {
        SingleCore core = Candidate(term: 4);

        RaftOutput output = core.Receive(Append(from: 2, term: 4, LogId.Zero, []));

        Assert.Equal(RaftRole.Candidate, core.Status.Role);
        Assert.False(Assert.IsType<AppendEntriesReply>(Assert.Single(output.Messages)).Success);
    }

    // Paper §5.2: "each candidate will time out and start a new election".
    [Fact]
    public void A_candidate_that_wins_nothing_stands_again_in_a_later_term()
    {
        SingleCore core = Candidate();

        core.Stand();

        Assert.Equal(RaftRole.Candidate, core.Status.Role);
        Assert.Equal(new Term(2), core.Term);
    }

    // Paper §5.1: "If a candidate or leader discovers that its term is out of date, it immediately reverts to
    // follower state."
    [Fact]
    public void A_candidate_that_hears_a_later_term_becomes_a_follower()
    {
        SingleCore core = Candidate();

        core.Receive(VoteReply(2, term: 9, granted: false));

        Assert.Equal(RaftRole.Follower, core.Status.Role);
        Assert.Equal(new Term(9), core.Term);
        Assert.True(core.Status.VotedFor.IsNone);
    }

    // Paper §5.2: a group of one is its own majority.
    [Fact]
    public void A_single_voter_leads_as_soon_as_its_vote_is_durable()
    {
        SingleCore core = Follower(voters: 1);
        Assert.Equal(RaftRole.Candidate, core.Status.Role);

        core.Persist();
        Assert.Equal(RaftRole.Leader, core.Status.Role);
        Assert.Equal(LogIndex.Zero, core.Status.CommitIndex);

        core.Persist();
        Assert.Equal(new LogIndex(1), core.Status.CommitIndex);
    }
}
