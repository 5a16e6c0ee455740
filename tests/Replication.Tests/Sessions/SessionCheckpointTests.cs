using System.Buffers;
using System.Globalization;
using Replication.Errors;
using Replication.Kv;
using Replication.Raft.Primitives;
using Replication.Serialization;
using Replication.Sessions;
using Replication.StateMachines;
using Replication.Tests.StateMachines;
using static Replication.Tests.StateMachines.TestReplica;

namespace Replication.Tests.Sessions;

/// <summary>Sessions are as old as the state they stand beside, on every replica, whatever happened to it.</summary>
public sealed class SessionCheckpointTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    [Fact]
    public void A_replica_that_restarts_from_a_checkpoint_still_answers_a_repeated_request_without_executing_it()
    {
        using var replica = new TestReplica();
        long session = replica.OpenSession(1, Timeout);
        byte[] append = Command(new RequestId(session, 3, 2), Append("k", "a"));
        CommandResult first = replica.Apply(2, append);
        replica.Checkpoint([7, 8, 9]);
        replica.Restart();

        Assert.Equal([7, 8, 9], replica.Machine.CheckpointAttachment.ToArray());
        CommandResult again = replica.Apply(3, append);
        Assert.Equal(CommandResultCode.Replayed, again.Code);
        Assert.Equal((first.Id, first.Timestamp), (again.Id, again.Timestamp));
        Assert.Equal(first.Body.ToArray(), again.Body.ToArray());
        Assert.Equal(CommandResultCode.SequenceOutOfWindow,
            replica.Apply(4, Command(new RequestId(session, 1, 1), Append("k", "b"))).Code);
        Assert.Equal("a", replica.Get("k"));
    }

    // What stands in checkpoints: with another hash a retry after an upgrade would be taken for another command.
    [Fact]
    public void The_hash_of_a_command_stays_as_it_is()
    {
        using var replica = new TestReplica();
        long session = replica.OpenSession(1, Timeout);
        replica.Apply(2, Command(new RequestId(session, 1, 1), Append("k", "a")));

        StoredResult stored = Assert.Single(Assert.Single(replica.Machine.Sessions.InOrder()).Results());
        Assert.Equal(
            "65cdfade9df1d9a2b60069873e03c697", stored.CommandHash.ToString("x32", CultureInfo.InvariantCulture));
    }

    // In the log it would stop every node, so that it must be found out before.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_command_of_a_newer_format_is_known_as_such_whichever_part_of_it_is_newer(bool isLog)
    {
        using var replica = new TestReplica(isLog);
        byte[] newer = CommandEnvelope.ForCommand(default).ToPayload([2, 0x90]);
        byte[] newerInSession = CommandEnvelope.ForCommand(new RequestId(1, 1, 1)).ToPayload([2, 0x90]);

        Assert.False(replica.Machine.CanApply(newer));
        Assert.False(replica.Machine.CanApply(newerInSession));
        Assert.False(replica.Machine.CanApply([2, 1]));
        Assert.Throws<NewerFormatException>(() => replica.Apply(1, newer));
        Assert.True(replica.Machine.CanApply(CommandEnvelope.ForCommand(default).ToPayload([])));
        Assert.True(replica.Machine.CanApply(CommandEnvelope.ForCommand(default).ToPayload([1])));
        Assert.True(replica.Machine.CanApply(CommandEnvelope.ForOpening(Timeout).ToPayload([])));
        Assert.True(replica.Machine.CanApply(CommandEnvelope.ForClosing(1).ToPayload([])));
    }

    [Fact]
    public void A_checkpoint_in_the_past_is_followed_by_the_same_replay()
    {
        using var replica = new TestReplica();
        long session = replica.OpenSession(1, Timeout);
        TestEntry write = Entry(2, 2, Command(new RequestId(session, 1, 1), Append("k", "a")));
        TestEntry retry = Entry(3, 3, write.Payload);
        replica.Checkpoint();
        replica.Apply(write);
        replica.Apply(retry);
        string before = replica.StateHash();

        // The entries after the checkpoint are applied again from the log: executed once, answered twice, as before.
        replica.Restart();
        Assert.Equal(1, replica.AppliedId.Index.Value);
        Assert.Equal(CommandResultCode.Applied, replica.Result(write).Code);
        Assert.Equal(CommandResultCode.Replayed, replica.Result(retry).Code);
        Assert.Equal(before, replica.StateHash());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void Replicas_with_other_batches_checkpoints_and_restarts_have_equal_state_and_equal_sessions(int seed)
    {
        var limits = new SessionLimits { SessionsMax = 6, WindowSequences = 8, SessionBytesMax = 900,
            GroupBytesMax = 3_000, ExpirationsPerEntry = 1 };
        TestEntry[] log = RandomLog(seed, entries: 600);
        using var plain = new TestReplica(limits: limits);
        using var restless = new TestReplica(limits: limits);
        var random = new Random(seed * 31);
        List<byte[]> answers = [.. log.Select(e => plain.Apply(e).ToArray())];
        int restarts = 0;
        for (int i = 0; i < log.Length; i++)
        {
            Assert.Equal(answers[i], restless.Apply(log[i], publish: random.Next(5) == 0).ToArray());
            if (random.Next(40) == 0)
            {
                restless.Checkpoint();
            }

            if (random.Next(50) == 0)
            {
                restarts++;
                restless.Restart();
                i = (int)restless.AppliedId.Index.Value - 1;
            }
        }

        restless.Machine.Publish();
        Assert.True(restarts >= 3, $"Only {restarts} restarts.");
        Assert.Equal(plain.SessionBytes(), restless.SessionBytes());
        Assert.Equal(plain.StateHash(), restless.StateHash());
        CommandResultCode[] seen = [.. answers.Select(a => (CommandResultCode)a[0]).Distinct().Order()];
        Assert.True(seen.Length >= 8, $"The log reached only {string.Join(", ", seen)}.");
    }

    [Fact]
    public void A_table_written_and_read_is_the_same_table()
    {
        using var replica = new TestReplica();
        foreach (TestEntry entry in RandomLog(9, 300))
        {
            replica.Apply(entry);
        }

        byte[] bytes = replica.SessionBytes();
        var reader = new MessagePackReader(bytes);
        ClientSessionTable read = ClientSessionTableCodec.Read(ref reader, SessionLimits.Default);
        var again = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(again);
        ClientSessionTableCodec.Write(ref writer, read);
        writer.Flush();
        Assert.True(read.Count > 0 && read.Bytes > 0);
        Assert.Equal((replica.Machine.Sessions.Count, replica.Machine.Sessions.Bytes), (read.Count, read.Bytes));
        Assert.Equal(bytes, again.WrittenSpan.ToArray());
    }

    [Fact]
    public void An_attachment_that_is_none_is_refused_with_the_checkpoint_and_the_reason()
    {
        byte[][] broken = [[1], [1, 0xc4, 0], [1, 0xc4, 0, 0x91, 0x90], [1, 0xc4, 0, 0x90, 0], [0xc0]];
        foreach (byte[] attachment in broken)
        {
            var e = Assert.ThrowsAny<ReplicationException>(() => new SessionedStateMachine(new Holder(attachment)));
            Assert.Contains("5/6", e.Message, StringComparison.Ordinal);
        }

        Assert.Throws<NewerFormatException>(() => new SessionedStateMachine(new Holder([2, 0xc4, 0, 0x90])));
        using var empty = new SessionedStateMachine(new Holder([1, 0xc4, 0, 0x90]));
        Assert.Equal(0, empty.Sessions.Count);
    }

    /// <summary>Opens, writes, retries, reuses, runs ahead, acknowledges, closes, expires and talks nonsense.</summary>
    private static TestEntry[] RandomLog(int seed, int entries)
    {
        var random = new Random(seed);
        var log = new List<TestEntry>();
        var sessions = new List<long>();
        long now = 1_000;
        for (long index = 1; index <= entries; index++)
        {
            now += random.Next(30) == 0 ? random.Next(3_000, 9_000) : random.Next(0, 40);
            byte[] payload;
            int what = random.Next(100);
            if (what < 8 || sessions.Count == 0)
            {
                payload = CommandEnvelope.ForOpening(TimeSpan.FromSeconds(random.Next(1, 20))).ToPayload([]);
                sessions.Add(index);
            }
            else if (what < 10)
            {
                payload = CommandEnvelope.ForClosing(sessions[random.Next(sessions.Count)]).ToPayload([]);
            }
            else if (what < 15)
            {
                payload = new byte[random.Next(0, 20)];
                random.NextBytes(payload);
                payload = [1, .. payload];
            }
            else if (what < 30)
            {
                payload = Command(Append($"k{random.Next(5)}", "p"),
                    Get(KeyValueOperationKind.Get, $"k{random.Next(5)}"));
            }
            else
            {
                long sequence = random.Next(1, 12);
                var request = new RequestId(
                    sessions[^random.Next(1, Math.Min(6, sessions.Count) + 1)], sequence,
                    random.Next(0, (int)sequence + 1));
                payload = Command(request, Append($"k{random.Next(2)}", "s"),
                    Get(KeyValueOperationKind.Get, $"k{random.Next(5)}"));
            }

            log.Add(Entry(index, now, payload));
        }

        return [.. log];
    }

    private sealed class Holder(byte[] attachment) : ICheckpointedStateMachine
    {
        public LogId CheckpointId => new(new Term(5), new LogIndex(6));

        public ReadOnlyMemory<byte> CheckpointAttachment => attachment;

        public void Apply(in ApplyContext context, ReadOnlySpan<byte> command, IBufferWriter<byte> result) =>
            throw new NotSupportedException();

        public void Publish() => throw new NotSupportedException();

        public IBackgroundWork CaptureCheckpoint(LogId id, ReadOnlyMemory<byte> attachment) =>
            throw new NotSupportedException();

        public void Dispose()
        {
        }
    }
}
