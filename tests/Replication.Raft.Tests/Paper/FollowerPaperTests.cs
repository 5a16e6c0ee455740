using Replication.Raft.Messages;
using Replication.Raft.Primitives;
using Replication.Raft.Tests.Clusters;
using static Replication.Raft.Tests.Clusters.SingleCore;

namespace Replication.Raft.Tests.Paper;

/// <summary>What the paper asks of followers and voters, sentence by sentence.</summary>
public class FollowerPaperTests
{
    // Paper §5.2: "When servers start up, they begin as followers."
    [Fact]
    public void A_node_starts_as_a_follower()
    {
        Assert.Equal(RaftRole.Follower, Follower(log: [1, 1], term: 5, vote: 1).Status.Role);
    }

    // Paper §5.2: "A server remains in follower state as long as it receives valid RPCs from a leader or candidate."
    [Fact]
    public void A_follower_that_hears_its_leader_stays_a_follower()
    {
        SingleCore core = Follower();
        for (int beat = 0; beat < 100; beat++)
        {
            core.Receive(Beat(from: 2, term: 1));
            core.Wait(299);
        }

        Assert.Equal(RaftRole.Follower, core.Status.Role);
        Assert.Equal(new NodeId(2), core.Status.Leader);
    }

    // Paper §5.2: "If a follower receives no communication over a period of time called the election timeout, then it
    // assumes there is no viable leader and begins an election". Here it first asks whether it could win (thesis
    // §9.6).
    [Fact]
    public void A_follower_that_hears_nothing_stands_after_the_election_timeout()
    {
        SingleCore core = Follower();
        core.Wait(299);
        Assert.Equal(RaftRole.Follower, core.Status.Role);

        core.Wait(302);
        Assert.Equal(RaftRole.PreCandidate, core.Status.Role);
    }

    // Paper §5.2: "election timeouts are chosen randomly from a fixed interval".
    [Fact]
    public void Election_timeouts_are_random_within_their_bounds()
    {
        HashSet<long> drawn = [];
        for (ulong seed = 0; seed < 200; seed++)
        {
            SingleCore core = Follower(seed: seed);
            Instant start = core.Now;
            core.WaitForDeadline();
            TimeSpan timeout = core.Now - start;
            Assert.InRange(timeout, core.Config.ElectionTimeoutMin, core.Config.ElectionTimeoutMax);
            drawn.Add((long)timeout.TotalMilliseconds);
        }

        Assert.InRange(drawn.Count, 100, 200);
    }

    // Paper §5.2: "Each server will vote for at most one candidate in a given term, on a first-come-first-served
    // basis".
    [Fact]
    public void A_server_votes_once_per_term()
    {
        SingleCore core = Follower();

        RaftOutput first = core.Receive(VoteRequest(from: 2, term: 1, LogId.Zero));
        Assert.True(Assert.IsType<RequestVoteReply>(Assert.Single(first.MessagesAfterPersist)).Granted);
        core.Persist();

        RaftOutput second = core.Receive(VoteRequest(from: 3, term: 1, LogId.Zero));
        Assert.False(Assert.IsType<RequestVoteReply>(Assert.Single(second.Messages)).Granted);

        // The same candidate may ask again: its answer may be lost.
        RaftOutput again = core.Receive(VoteRequest(from: 2, term: 1, LogId.Zero));
        Assert.True(Assert.IsType<RequestVoteReply>(Assert.Single(again.MessagesAfterPersist)).Granted);
    }

    // Paper fig. 2: currentTerm and votedFor are "updated on stable storage before responding to RPCs".
    [Fact]
    public void A_vote_waits_for_the_disk()
    {
        SingleCore core = Follower();

        RaftOutput output = core.Receive(VoteRequest(from: 2, term: 4, LogId.Zero));

        Assert.Equal(new HardState(new Term(4), new NodeId(2)), output.HardState);
        Assert.Empty(output.Messages);
        Assert.Single(output.MessagesAfterPersist);
        Assert.Equal(1, output.PersistSequence);
    }

    // Paper fig. 2: the vote survives a restart.
    [Fact]
    public void A_restarted_server_keeps_to_its_vote()
    {
        SingleCore core = Follower(term: 4, vote: 2);

        RaftOutput output = core.Receive(VoteRequest(from: 3, term: 4, LogId.Zero));

        Assert.False(Assert.IsType<RequestVoteReply>(Assert.Single(output.Messages)).Granted);
    }

    // Paper §5.4.1: "the voter denies its vote if its own log is more up-to-date than that of the candidate". "If the
    // logs have last entries with different terms, then the log with the later term is more up-to-date. If the logs
    // end with the same term, then whichever log is longer is more up-to-date."
    [Theory]
    [InlineData(2, 2, true)]
    [InlineData(2, 3, true)]
    [InlineData(3, 1, true)]
    [InlineData(2, 1, false)]
    [InlineData(1, 9, false)]
    [InlineData(0, 0, false)]
    public void A_voter_denies_its_vote_to_a_candidate_with_an_older_log(long lastTerm, long lastIndex, bool granted)
    {
        SingleCore core = Follower(log: [1, 2]);

        RaftOutput output = core.Receive(VoteRequest(from: 2, term: 5, Id(lastTerm, lastIndex)));

        RaftMessage reply = Assert.Single(output.MessagesAfterPersist);
        Assert.Equal(granted, Assert.IsType<RequestVoteReply>(reply).Granted);
        Assert.Equal(new Term(5), core.Term);
    }

    // Paper fig. 2: "If election timeout elapses without receiving AppendEntries RPC from current leader or granting
    // vote to candidate". So a granted vote starts the wait again, and a denied one doesn't.
    [Theory]
    [InlineData(5, RaftRole.Follower)]
    [InlineData(0, RaftRole.PreCandidate)]
    public void Only_a_granted_vote_restarts_the_election_timer(long lastIndex, RaftRole after)
    {
        SingleCore core = Follower(log: [1, 1]);
        Instant deadline = core.Tick().NextDeadline;
        core.Wait((deadline - core.Now).TotalMilliseconds - 1);

        core.Receive(VoteRequest(from: 2, term: 5, Id(1, lastIndex)));
        core.Wait(1);

        Assert.Equal(after, core.Status.Role);
    }

    // Paper fig. 2, AppendEntries 1: "Reply false if term < currentTerm".
    [Fact]
    public void Entries_of_a_stale_leader_are_refused_with_the_newer_term()
    {
        SingleCore core = Follower(log: [1], term: 3);

        RaftOutput output = core.Receive(Append(from: 2, term: 2, Id(1, 1), [2]));

        AppendEntriesReply reply = Assert.IsType<AppendEntriesReply>(Assert.Single(output.Messages));
        Assert.False(reply.Success);
        Assert.Equal(new Term(3), reply.Term);
        Assert.Equal(Id(1, 1), core.Status.LastLogId);
        Assert.True(core.Status.Leader.IsNone);
    }

    // Paper fig. 2, AppendEntries 2: "Reply false if log doesn't contain an entry at prevLogIndex whose term matches
    // prevLogTerm". The hint is the last position that may match (thesis §3.5).
    [Theory]
    [InlineData(2, 5, 1, 3)]
    [InlineData(2, 3, 1, 3)]
    [InlineData(0, 2, 0, 0)]
    public void Entries_after_a_gap_or_a_mismatch_are_refused(
        long previousTerm, long previousIndex, long hintTerm, long hintIndex)
    {
        SingleCore core = Follower(log: [1, 1, 1], term: 3);

        RaftOutput output = core.Receive(Append(from: 2, term: 3, Id(previousTerm, previousIndex), [3]));

        AppendEntriesReply reply = Assert.IsType<AppendEntriesReply>(Assert.Single(output.Messages));
        Assert.False(reply.Success);
        Assert.Equal(new LogIndex(previousIndex), reply.RejectedIndex);
        Assert.Equal(Id(hintTerm, hintIndex), reply.Hint);
        Assert.False(output.HasSomethingToPersist);
    }

    // Paper fig. 2, AppendEntries 3: "If an existing entry conflicts with a new one (same index but different terms),
    // delete the existing entry and all that follow it".
    [Fact]
    public void A_conflicting_entry_goes_with_all_that_follow()
    {
        SingleCore core = Follower(log: [1, 1, 1, 1], term: 3);

        RaftOutput output = core.Receive(Append(from: 2, term: 3, Id(1, 1), [1, 2]));

        Assert.Equal(new LogIndex(3), output.TruncateFrom);
        Assert.Equal(new LogIndex(3), output.AppendFirst);
        Assert.Equal(new LogIndex(3), output.AppendLast);
        Assert.Equal(Id(2, 3), core.Status.LastLogId);
        Assert.Equal(new LogIndex(2), core.Status.DurableIndex);
    }

    // Paper fig. 2, AppendEntries 4: "Append any new entries not already in the log". Paper §5.5: a follower that
    // gets entries "already present in its log, it ignores those entries".
    [Fact]
    public void Entries_that_are_here_already_stay_with_what_follows_them()
    {
        SingleCore core = Follower(log: [1, 1, 2, 2], term: 2);

        RaftOutput output = core.Receive(Append(from: 2, term: 2, Id(1, 1), [1]));

        Assert.False(output.HasSomethingToPersist);
        Assert.Equal(Id(2, 4), core.Status.LastLogId);
        AppendEntriesReply reply = Assert.IsType<AppendEntriesReply>(Assert.Single(output.MessagesAfterPersist));
        Assert.Equal(new LogIndex(2), reply.MatchIndex);
    }

    // Paper fig. 2: entries are on stable storage before the follower answers.
    [Fact]
    public void An_acknowledgement_waits_for_the_disk_even_if_the_entries_came_earlier()
    {
        SingleCore core = Follower();
        core.Receive(Append(from: 2, term: 1, LogId.Zero, [1, 1]));

        RaftOutput again = core.Receive(Append(from: 2, term: 1, LogId.Zero, [1, 1]));

        Assert.False(again.HasSomethingToPersist);
        Assert.Empty(again.Messages);
        Assert.Single(again.MessagesAfterPersist);
        Assert.Equal(1, again.PersistSequence);
    }

    // Paper fig. 2, AppendEntries 5: "set commitIndex = min(leaderCommit, index of last new entry)".
    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(9, 2)]
    public void A_follower_commits_no_further_than_the_last_new_entry(long leaderCommit, long commit)
    {
        SingleCore core = Follower(log: [1, 1, 1, 1]);

        core.Receive(Append(from: 2, term: 1, Id(1, 1), [1], leaderCommit));

        Assert.Equal(new LogIndex(commit), core.Status.CommitIndex);
    }

    // Paper §5.1: "If a server receives a request with a stale term number, it rejects the request."
    [Fact]
    public void A_stale_request_for_a_vote_is_refused()
    {
        SingleCore core = Follower(term: 3);

        RaftOutput output = core.Receive(VoteRequest(from: 2, term: 2, Id(2, 9)));

        RequestVoteReply reply = Assert.IsType<RequestVoteReply>(Assert.Single(output.Messages));
        Assert.False(reply.Granted);
        Assert.Equal(new Term(3), reply.Term);
    }

    // Paper fig. 2: "If RPC request or response contains term T > currentTerm: set currentTerm = T, convert to
    // follower".
    [Fact]
    public void A_newer_term_is_taken_over_and_persisted_before_any_answer()
    {
        SingleCore core = Follower(log: [1]);

        RaftOutput output = core.Receive(Append(from: 2, term: 7, Id(1, 1), []));

        Assert.Equal(new HardState(new Term(7), NodeId.None), output.HardState);
        Assert.Empty(output.Messages);
        Assert.Equal(new Term(7), Assert.Single(output.MessagesAfterPersist).Term);
    }

    // Thesis §4.2.3: a server that heard a current leader within the minimum election timeout neither updates its
    // term nor grants its vote.
    [Fact]
    public void A_server_that_hears_a_leader_ignores_requests_for_votes()
    {
        SingleCore core = Follower();
        core.Receive(Beat(from: 2, term: 1));
        core.Persist();
        core.Wait(299);

        RaftOutput output = core.Receive(VoteRequest(from: 3, term: 8, Id(1, 9)));
        Assert.Empty(output.Messages);
        Assert.Empty(output.MessagesAfterPersist);
        Assert.Equal(new Term(1), core.Term);

        // Past that time it votes; and at once if the leader itself gives way (thesis §3.10).
        core.Wait(1);
        Assert.True(Vote(core.Receive(VoteRequest(from: 3, term: 8, Id(1, 9)))).Granted);
    }

    // Thesis §4.2.3 and §3.10: a vote request that the leader itself asked for isn't disruptive.
    [Fact]
    public void A_server_that_hears_a_leader_votes_in_a_leadership_transfer()
    {
        SingleCore core = Follower();
        core.Receive(Beat(from: 2, term: 1));

        Assert.True(Vote(core.Receive(VoteRequest(from: 3, term: 2, LogId.Zero, isTransfer: true))).Granted);
    }

    // Thesis §9.6: a pre-vote changes no state; it is granted only for a log as up-to-date and while no leader is
    // heard.
    [Fact]
    public void A_pre_vote_changes_nothing_at_the_voter()
    {
        SingleCore core = Follower(log: [1, 1]);

        RaftOutput granted = core.Receive(VoteRequest(from: 2, term: 2, Id(1, 2), isPreVote: true));
        RequestVoteReply reply = Assert.IsType<RequestVoteReply>(Assert.Single(granted.Messages));
        Assert.True(reply is { Granted: true, IsPreVote: true, Term.Value: 2 });
        Assert.False(granted.HasSomethingToPersist);
        Assert.Equal(new Term(1), core.Term);

        RaftOutput stale = core.Receive(VoteRequest(from: 3, term: 2, Id(1, 1), isPreVote: true));
        Assert.False(Assert.IsType<RequestVoteReply>(Assert.Single(stale.Messages)).Granted);

        core.Receive(Beat(from: 2, term: 1));
        RaftOutput heard = core.Receive(VoteRequest(from: 3, term: 2, Id(1, 2), isPreVote: true));
        Assert.False(Assert.IsType<RequestVoteReply>(Assert.Single(heard.Messages)).Granted);
    }

    // Thesis §3.10: TimeoutNow has the effect of the target's election timer firing: it stands at once, in a new term.
    [Fact]
    public void A_follower_asked_by_its_leader_stands_at_once_without_a_pre_vote()
    {
        SingleCore core = Follower();
        core.Receive(Beat(from: 2, term: 1));

        RaftOutput output = core.Receive(
            new TimeoutNow { From = new NodeId(2), To = new NodeId(1), Term = new Term(1) });

        Assert.Equal(RaftRole.Candidate, core.Status.Role);
        Assert.Empty(output.Messages);
        Assert.All(output.MessagesAfterPersist, message => Assert.True(((RequestVote)message).IsLeadershipTransfer));
        Assert.Equal(2, output.MessagesAfterPersist.Count);
    }

    // Paper §5.3: a heartbeat of the leader's commit index lets followers apply; it is cut to what they acknowledged.
    [Fact]
    public void A_heartbeat_tells_the_commit_index_and_is_answered_with_its_round()
    {
        SingleCore core = Follower(log: [1, 1, 1]);

        RaftOutput output = core.Receive(Beat(from: 2, term: 1, commit: 2, round: 17));

        Assert.Equal(new LogIndex(2), core.Status.CommitIndex);
        Assert.Equal(17, Assert.IsType<HeartbeatReply>(Assert.Single(output.Messages)).Round);
    }

    private static RequestVoteReply Vote(RaftOutput output) =>
        Assert.IsType<RequestVoteReply>(Assert.Single(output.MessagesAfterPersist));
}
