using Replication.Errors;
using Replication.Kv;
using Replication.Kv.Machine;
using Replication.Raft.Primitives;
using Replication.Serialization;
using Replication.StateMachines;
using Replication.Tests.StateMachines;
using static Replication.Kv.KeyValueOperationKind;
using static Replication.Tests.StateMachines.TestReplica;

namespace Replication.Tests.Kv;

public sealed class KvStateMachineTests
{
    [Fact]
    public void Operations_see_those_before_them_in_the_batch()
    {
        using var replica = new TestReplica();
        (KeyValueStatus status, _, KeyValueOperationResult[] results) = Run(
            replica,
            Get(KeyValueOperationKind.Get, "k"), Put("k", "a"), Get(KeyValueOperationKind.Get, "k"), Append("k", "b"),
            Get(RequireValue, "k", "ab"), Get(RequireVersion, "k", version: 1), Get(KeyValueOperationKind.Delete, "k"),
            Get(RequireAbsent, "k"), Get(RequireVersion, "k", version: 0), Get(KeyValueOperationKind.Get, "k"),
            Get(KeyValueOperationKind.Delete, "k"), Append("k", "c"), Get(KeyValueOperationKind.Get, "k"));

        Assert.Equal(KeyValueStatus.Done, status);
        Assert.Equal(
            ["-", "-", "a@1", "-", "-", "-", "+", "-", "-", "-", "-", "-", "c@1"],
            results.Select(r => r.Version != LogIndex.Zero ? $"{Text(r.Value)}@{r.Version}" : r.Found ? "+" : "-"));
        Assert.Equal("c", replica.Get("k"));
    }

    [Theory]
    [InlineData(RequireValue, "k", "old", 0, true)]
    [InlineData(RequireValue, "k", "ol", 0, false)]
    [InlineData(RequireValue, "k", "", 0, false)]
    [InlineData(RequireValue, "absent", "", 0, false)]
    [InlineData(RequireValue, "empty", "", 0, true)]
    [InlineData(RequireAbsent, "absent", "", 0, true)]
    [InlineData(RequireAbsent, "empty", "", 0, false)]
    [InlineData(RequireVersion, "k", "", 1, true)]
    [InlineData(RequireVersion, "k", "", 2, false)]
    [InlineData(RequireVersion, "k", "", 0, false)]
    [InlineData(RequireVersion, "absent", "", 0, true)]
    [InlineData(RequireVersion, "absent", "", 1, false)]
    public void A_batch_takes_effect_as_a_whole_or_not_at_all(
        KeyValueOperationKind condition, string key, string value, long version, bool holds)
    {
        using var replica = new TestReplica();
        Run(replica, Put("k", "old"), Put("empty", ""));

        (KeyValueStatus status, int position, _) = Run(
            replica, Put("before", "1"), Get(condition, key, value, version), Put("k", "new"),
                Get(KeyValueOperationKind.Delete, "empty"));

        Assert.Equal(holds ? KeyValueStatus.Done : KeyValueStatus.ConditionFailed, status);
        Assert.Equal(holds ? -1 : 1, position);
        Assert.Equal(holds ? "new" : "old", replica.Get("k"));
        Assert.Equal(holds ? null : "", replica.Get("empty"));
        Assert.Equal(holds ? "1" : null, replica.Get("before"));
    }

    [Fact]
    public void An_append_keeps_the_limit_that_its_own_command_names()
    {
        using var replica = new TestReplica();
        byte[] Limited(int bytesMax, params KeyValueOperation[] operations) => KeyValueCommandCodec.ToPayload(
            CommandEnvelope.ForCommand(default), operations, bytesMax, new ExactBufferWriter());

        Assert.Equal(KeyValueStatus.Done, Status(replica.Apply(1, Limited(5, Append("k", "abc"), Append("k", "de")))));
        Assert.Equal(KeyValueStatus.ValueTooLarge,
            Status(replica.Apply(2, Limited(5, Put("x", "1"), Append("k", "f")))));
        Assert.Equal(("abcde", null), (replica.Get("k"), replica.Get("x")));
        Assert.Equal(KeyValueStatus.Done, Status(replica.Apply(3, Limited(6, Append("k", "f")))));
    }

    [Fact]
    public void Gets_that_would_return_too_much_stop_the_batch()
    {
        using var replica = new TestReplica();
        string large = new('x', 1 << 20);
        Run(replica, Put("a", large), Put("b", large));
        Run(replica, Put("c", large));
        KeyValueOperation[] gets = [.. "abc".Select(k => Get(KeyValueOperationKind.Get, $"{k}"))];

        Assert.Equal((KeyValueStatus.Done, -1), Outcome(Run(replica, gets[..2])));
        Assert.Equal((KeyValueStatus.ResultTooLarge, 3), Outcome(Run(replica, [Put("d", "1"), .. gets])));
        Assert.Null(replica.Get("d"));
    }

    [Theory]
    [InlineData("c0")]
    [InlineData("00")]
    [InlineData("01")]
    [InlineData("0191")]
    [InlineData("01909090")]
    [InlineData("01919208c4016b")]
    [InlineData("01919201c400")]
    [InlineData("01919301c4016b00")]
    [InlineData("01919307c4016bff")]
    [InlineData("01919404c4016bc4017600")]
    [InlineData("01929302c4016bc401769202c4016b")]
    [InlineData("01dd7fffffff9302c4016bc40176")]
    public void A_malformed_command_changes_nothing_and_says_so(string hex)
    {
        using var replica = new TestReplica();
        CommandResult result = replica.Apply(
            1, CommandEnvelope.ForCommand(default).ToPayload(Convert.FromHexString(hex)));
        Assert.Equal(KeyValueStatus.Malformed, Status(result));
        Assert.Null(replica.Get("k"));
    }

    [Fact]
    public void A_command_of_a_newer_release_stops_the_node()
    {
        using var replica = new TestReplica();
        Assert.Throws<NewerFormatException>(
            () => replica.Apply(1, CommandEnvelope.ForCommand(default).ToPayload([2, 0x90])));
    }

    [Fact]
    public void The_form_of_commands_and_results_is_the_one_that_was_committed()
    {
        using var replica = new TestReplica();
        KeyValueOperation[][] batches =
        [
            [Put("k", "v")], [Get(KeyValueOperationKind.Get, "k")], [Get(KeyValueOperationKind.Get, "absent")],
            [Get(KeyValueOperationKind.Delete, "absent")], [Append("k", "w")], [Get(RequireValue, "k", "no")],
            [Get(RequireAbsent, "k"), Put("k", "")],
            [Get(RequireVersion, "k", version: 5), Get(KeyValueOperationKind.Get, "k"),
                Get(KeyValueOperationKind.Delete, "k")],
        ];
        GoldenFile.AssertEqual("Kv", "commands.golden.txt", batches.Select((batch, i) =>
        {
            byte[] payload = Command(batch);
            ReadOnlyMemory<byte> result = replica.Apply(Entry(i + 1, i + 1, payload));
            return $"{Convert.ToHexStringLower(payload)} gives {Convert.ToHexStringLower(result.Span)}";
        }));
    }

    [Fact]
    public void An_entry_without_a_change_still_moves_the_published_state()
    {
        using var replica = new TestReplica();
        Run(replica, Get(RequireAbsent, "k"), Get(RequireValue, "k", "v"));
        using var snapshot = replica.Engine.CaptureSnapshot();
        Assert.Equal(1, snapshot.Id.Index.Value);
    }

    internal static KeyValueStatus Status(CommandResult result) => KeyValueResultCodec.Read(result.Body, out _, out _);

    private static (KeyValueStatus Status, int Position) Outcome(
        (KeyValueStatus Status, int Position, KeyValueOperationResult[] Results) run) =>
        (run.Status, run.Position);

    private static (KeyValueStatus Status, int Position, KeyValueOperationResult[] Results) Run(
        TestReplica replica, params KeyValueOperation[] operations)
    {
        CommandResult result = replica.Apply(1, Command(operations));
        KeyValueStatus status = KeyValueResultCodec.Read(
            result.Body, out int position, out IReadOnlyList<KeyValueOperationResult> results);
        return (status, position, [.. results]);
    }
}
