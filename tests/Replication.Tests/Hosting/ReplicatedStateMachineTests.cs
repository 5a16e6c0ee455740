using System.Buffers.Binary;
using Replication.Hosting;
using Replication.Kv;
using Replication.Primitives;
using Replication.Raft.Primitives;
using Replication.Sessions;
using Replication.Storage.Files;
using Replication.Storage.Snapshots;
using Replication.Tests.StateMachines;

namespace Replication.Tests.Hosting;

public sealed class ReplicatedStateMachineTests : IDisposable
{
    private readonly CountingMachine _machine = new();
    private readonly TestReplica _replica;
    private readonly FakeGroupClient _group;
    private readonly ReplicatedStateMachine<CountingMachine> _replicated;

    public ReplicatedStateMachineTests()
    {
        _replica = new TestReplica(new SnapshotFileCheckpoints(_machine, new InMemoryFileSystem(), "audit"));
        _group = new FakeGroupClient(_replica);
        _replicated = new ReplicatedStateMachine<CountingMachine>(_group, _machine, TimeSpan.FromHours(1));
    }

    public void Dispose() => _replica.Dispose();

    [Fact]
    public async Task The_result_of_apply_comes_back_to_the_proposer()
    {
        StateMachineResult first = await _replicated.ProposeAsync(new byte[] { 1 });
        StateMachineResult second = await _replicated.ProposeAsync(default);
        Assert.Equal((WriteOutcome.Committed, 1, 1L), (first.Outcome, Number(first), first.Id.Index.Value));
        Assert.Equal((2, 2L), (Number(second), second.Id.Index.Value));
        Assert.Equal([1], _machine.Commands[0]);
        Assert.Equal("orders", _replicated.Name);
    }

    [Fact]
    public async Task A_retry_in_a_session_is_executed_once_and_answered_the_same()
    {
        ClientSession session = await _replicated.OpenSessionAsync();
        RequestId request = session.Next();
        StateMachineResult first = await _replicated.ProposeAsync(new byte[] { 1 }, request);
        StateMachineResult again = await _replicated.ProposeAsync(new byte[] { 1 }, request);
        Assert.Equal((1, first.Id, first.Timestamp), (Number(again), again.Id, again.Timestamp));
        Assert.Single(_machine.Commands);
        Assert.Equal(RejectReason.SequenceReused, (await _replicated.ProposeAsync(new byte[] { 2 }, request)).Reason);
        Assert.True(await _replicated.CloseSessionAsync(session));
        Assert.Equal(RejectReason.SessionExpired, (await _replicated.ProposeAsync(new byte[] { 1 }, request)).Reason);
    }

    [Fact]
    public async Task A_linearizable_query_sees_what_was_committed_elsewhere_and_a_local_one_may_not()
    {
        await _replicated.ProposeAsync(new byte[] { 1 });
        _group.IsLagging = true;
        await _replicated.ProposeAsync(new byte[] { 2 });
        Assert.Equal(1, await _replicated.QueryAsync(m => m.Commands.Count, ReadConsistency.ConsistentPrefix));
        Assert.Equal(2, await _replicated.QueryAsync(m => m.Commands.Count));
    }

    [Fact]
    public async Task Rejections_and_lost_answers_are_passed_on_and_bad_arguments_refused()
    {
        _group.NextInstead =
            new ProposalCompletion { Outcome = WriteOutcome.Rejected, Reason = RejectReason.NotLeader,
            Leader = new NodeId(2) };
        StateMachineResult result = await _replicated.ProposeAsync(new byte[] { 1 });
        Assert.Equal((WriteOutcome.Rejected, RejectReason.NotLeader, new NodeId(2)),
            (result.Outcome, result.Reason, result.Leader));
        var e = await Assert.ThrowsAsync<ArgumentException>(
            async () => await _replicated.ProposeAsync(new byte[(2 << 20) + 1]));
        Assert.Contains("2097153 bytes; CommandBytesMax is 2097152", e.Message, StringComparison.Ordinal);
        Assert.Empty(_machine.Commands);
    }

    private static int Number(StateMachineResult result) => BinaryPrimitives.ReadInt32LittleEndian(result.Result.Span);
}
