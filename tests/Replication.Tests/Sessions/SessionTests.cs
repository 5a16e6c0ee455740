using Replication.Kv;
using Replication.Kv.Machine;
using Replication.Primitives;
using Replication.Sessions;
using Replication.StateMachines;
using Replication.Tests.StateMachines;
using static Replication.Tests.StateMachines.TestReplica;

namespace Replication.Tests.Sessions;

/// <summary>Thesis §6.3: client sessions in the state machine.</summary>
public sealed class SessionTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    // Thesis §6.3: "If a server receives a command whose serial number has already been executed, it responds
    // immediately without re-executing the request."
    [Fact]
    public void A_repeated_request_is_answered_as_before_and_executed_once()
    {
        using var replica = new TestReplica();
        long session = replica.OpenSession(1, Timeout);
        byte[] append = Command(
            new RequestId(session, 1, 1), Append("list", "x"), Get(KeyValueOperationKind.Get, "list"));

        CommandResult first = replica.Apply(2, append);
        replica.Apply(3, Command(Append("list", "other")));
        CommandResult second = replica.Apply(4, append);

        Assert.Equal(CommandResultCode.Applied, first.Code);
        Assert.Equal(CommandResultCode.Replayed, second.Code);
        Assert.Equal(first.Body.ToArray(), second.Body.ToArray());
        Assert.Equal((first.Id, first.Timestamp), (second.Id, second.Timestamp));
        Assert.Equal("xother", replica.Get("list"));
    }

    [Fact]
    public void A_failed_condition_is_remembered_like_any_result()
    {
        using var replica = new TestReplica();
        long session = replica.OpenSession(1, Timeout);
        byte[] compareAndSet = Command(
            new RequestId(session, 1, 1), Get(KeyValueOperationKind.RequireValue, "k", "old"), Put("k", "new"));

        CommandResult first = replica.Apply(2, compareAndSet);
        replica.Apply(3, Command(Put("k", "old")));
        CommandResult second = replica.Apply(4, compareAndSet);

        Assert.Equal(first.Body.ToArray(), second.Body.ToArray());
        Assert.Equal("old", replica.Get("k"));
    }

    [Fact]
    public void The_same_sequence_with_another_command_is_refused_and_not_executed()
    {
        using var replica = new TestReplica();
        long session = replica.OpenSession(1, Timeout);
        replica.Apply(2, Command(new RequestId(session, 1, 1), Put("k", "a")));

        CommandResult reused = replica.Apply(3, Command(new RequestId(session, 1, 1), Put("k", "b")));

        Assert.Equal((CommandResultCode.SequenceReused, RejectReason.SequenceReused), (reused.Code, reused.Reason));
        Assert.Equal("a", replica.Get("k"));
    }

    [Fact]
    public void A_sequence_below_the_acknowledged_floor_is_refused_and_not_executed()
    {
        using var replica = new TestReplica();
        long session = replica.OpenSession(1, Timeout);
        byte[] first = Command(new RequestId(session, 1, 1), Append("k", "a"));
        replica.Apply(2, first);
        replica.Apply(3, Command(new RequestId(session, 2, 2), Append("k", "b")));

        CommandResult late = replica.Apply(4, first);
        CommandResult neverSeen = replica.Apply(5, Command(new RequestId(session, 1, 1), Append("k", "c")));

        Assert.Equal(CommandResultCode.SequenceOutOfWindow, late.Code);
        Assert.Equal(CommandResultCode.SequenceOutOfWindow, neverSeen.Code);
        Assert.Equal("ab", replica.Get("k"));
    }

    [Theory]
    [InlineData(1024, CommandResultCode.Applied)]
    [InlineData(1025, CommandResultCode.SequenceOutOfWindow)]
    [InlineData(long.MaxValue, CommandResultCode.SequenceOutOfWindow)]
    internal void A_sequence_too_far_ahead_is_refused(long sequence, CommandResultCode expected)
    {
        using var replica = new TestReplica();
        long session = replica.OpenSession(1, Timeout);

        Assert.Equal(expected, replica.Apply(2, Command(new RequestId(session, sequence, 1), Put("k", "v"))).Code);
        Assert.Equal(expected == CommandResultCode.Applied ? "v" : null, replica.Get("k"));
    }

    [Fact]
    public void Sequences_of_the_window_may_come_in_any_order()
    {
        using var replica = new TestReplica();
        long session = replica.OpenSession(1, Timeout);
        foreach (long sequence in (long[])[5, 2, 9, 1, 3])
        {
            Assert.Equal(CommandResultCode.Applied,
                replica.Apply(2, Command(new RequestId(session, sequence, 1), Append("k", $"{sequence}"))).Code);
        }

        Assert.Equal(CommandResultCode.Replayed,
            replica.Apply(3, Command(new RequestId(session, 9, 3), Append("k", "9"))).Code);
        Assert.Equal(CommandResultCode.SequenceOutOfWindow,
            replica.Apply(4, Command(new RequestId(session, 2, 1), Append("k", "2"))).Code);
        Assert.Equal(CommandResultCode.Applied,
            replica.Apply(5, Command(new RequestId(session, 4, 3), Append("k", "4"))).Code);
        Assert.Equal("529134", replica.Get("k"));
    }

    [Fact]
    public void A_session_expires_by_log_time_and_then_executes_nothing()
    {
        using var replica = new TestReplica();
        long session = replica.OpenSession(1_000, Timeout);
        byte[] write = Command(new RequestId(session, 1, 1), Append("k", "a"));

        Assert.Equal(CommandResultCode.Applied, replica.Apply(10_999, write).Code);
        Assert.Equal(CommandResultCode.Replayed, replica.Apply(20_998, write).Code);
        Assert.Equal(CommandResultCode.SessionExpired, replica.Apply(30_999, write).Code);
        Assert.Equal(CommandResultCode.SessionExpired, replica.Apply(31_000, write).Code);
        Assert.Equal("a", replica.Get("k"));
        Assert.Equal((0, 0L), (replica.Machine.Sessions.Count, replica.Machine.Sessions.Bytes));
    }

    [Fact]
    public void A_session_that_was_never_opened_executes_nothing()
    {
        using var replica = new TestReplica();
        Assert.Equal(CommandResultCode.SessionExpired, replica.Apply(1, Command(new RequestId(77, 1, 1), Put("k", "v")))
            .Code);
        Assert.Null(replica.Get("k"));
    }

    [Fact]
    public void A_closed_session_executes_nothing_and_its_number_never_returns()
    {
        using var replica = new TestReplica();
        long session = replica.OpenSession(1, Timeout);
        Assert.Equal(CommandResultCode.SessionClosed,
            replica.Apply(2, CommandEnvelope.ForClosing(session).ToPayload([])).Code);
        Assert.Equal(CommandResultCode.SessionExpired,
            replica.Apply(3, CommandEnvelope.ForClosing(session).ToPayload([])).Code);
        Assert.Equal(CommandResultCode.SessionExpired,
            replica.Apply(4, Command(new RequestId(session, 1, 1), Put("k", "v"))).Code);
        Assert.NotEqual(session, replica.OpenSession(5, Timeout));
    }

    [Fact]
    public void A_full_table_opens_nothing_until_sessions_expire_and_harms_no_open_one()
    {
        using var replica = new TestReplica(limits: new SessionLimits { SessionsMax = 3, ExpirationsPerEntry = 1 });
        long[] sessions = [replica.OpenSession(1, Timeout), replica.OpenSession(2, Timeout),
            replica.OpenSession(3, Timeout)];

        CommandResult refused = replica.Apply(4, CommandEnvelope.ForOpening(Timeout).ToPayload([]));
        Assert.Equal((CommandResultCode.SessionsFull, RejectReason.SessionsFull), (refused.Code, refused.Reason));
        Assert.All(sessions, s =>
            Assert.Equal(CommandResultCode.Applied, replica.Apply(5, Command(new RequestId(s, 1, 1), Put("k", "v")))
            .Code));

        replica.OpenSession(10_006, Timeout);
        Assert.Equal(3, replica.Machine.Sessions.Count);
    }

    [Fact]
    public void Each_entry_removes_a_bounded_number_of_expired_sessions_but_none_of_them_lives_on()
    {
        using var replica = new TestReplica(limits: new SessionLimits { ExpirationsPerEntry = 2 });
        long[] sessions = [.. Enumerable.Range(1, 9).Select(i => replica.OpenSession(i, Timeout))];

        Assert.Equal(CommandResultCode.SessionExpired,
            replica.Apply(60_000, Command(new RequestId(sessions[8], 1, 1), Put("k", "v"))).Code);
        Assert.Equal(7, replica.Machine.Sessions.Count);
        replica.Apply(60_001, Command(Put("a", "b")));
        Assert.Equal(5, replica.Machine.Sessions.Count);
        Assert.Null(replica.Get("k"));
    }

    [Fact]
    public void Unacknowledged_results_are_bounded_in_bytes_per_session_and_group()
    {
        var limits = new SessionLimits { SessionBytesMax = 500, GroupBytesMax = 1_000 };
        using var replica = new TestReplica(limits: limits);
        long[] sessions = [.. Enumerable.Range(1, 3).Select(i => replica.OpenSession(i, Timeout))];
        replica.Apply(10, Command(Put("big", new string('x', 350))));
        CommandResult Read(int session, long sequence, long floor) =>
            replica.Apply(11, Command(
                new RequestId(sessions[session], sequence, floor), Get(KeyValueOperationKind.Get, "big")));

        Assert.Equal(CommandResultCode.Applied, Read(0, 1, 1).Code);
        Assert.Equal(CommandResultCode.Applied, Read(0, 2, 1).Code);
        Assert.Equal(CommandResultCode.SequenceOutOfWindow, Read(0, 3, 1).Code);
        Assert.Equal(CommandResultCode.Replayed, Read(0, 1, 1).Code);
        Assert.Equal(CommandResultCode.Applied, Read(1, 1, 1).Code);
        Assert.Equal((CommandResultCode.Overloaded, RejectReason.Overloaded),
            (Read(2, 1, 1).Code, Read(2, 1, 1).Reason));

        // An acknowledgement makes room at once, and what was refused is executed under its old sequence.
        Assert.Equal(CommandResultCode.Applied, Read(0, 3, 3).Code);
        Assert.Equal(CommandResultCode.Applied, Read(2, 1, 1).Code);
    }

    [Fact]
    public void Responses_of_many_interleaved_sessions_are_never_crossed()
    {
        using var replica = new TestReplica();
        long[] sessions = [.. Enumerable.Range(1, 20).Select(i => replica.OpenSession(i, Timeout))];
        var random = new Random(11);
        for (int round = 0; round < 2_000; round++)
        {
            int who = random.Next(sessions.Length);
            long sequence = random.Next(1, 40);
            CommandResult result = replica.Apply(100 + (round / 100), Command(
                new RequestId(sessions[who], sequence, 1),
                Put($"{who}", $"{sequence}"),
                Get(KeyValueOperationKind.Get, $"{who}")));

            // Each answers what its own command read, first time or again.
            KeyValueStatus status = KeyValueResultCodec.Read(
                result.Body, out _, out IReadOnlyList<KeyValueOperationResult> read);
            Assert.Equal(KeyValueStatus.Done, status);
            Assert.Equal($"{sequence}", Text(read[1].Value));
            Assert.Equal(result.Id.Index, read[1].Version);
        }
    }
}
