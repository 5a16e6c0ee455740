using Harness.Histories;
using Harness.Workloads;
using KvProcesses.Processes;
using KvProcesses.Workloads;
using Replication.Primitives;
using Replication.Testing.Histories;

namespace Replication.ProcessTests.Harness;

/// <summary>The contract of jepsen/error-handling.md.</summary>
public sealed class WorkloadClientTests : IDisposable
{
    private const int Clients = 3;
    private static readonly HistoryValue Key = HistoryValue.FromText("x");
    private readonly TemporaryDirectory _directory = new("replication-client");
    private readonly FakeCluster _cluster = new();
    private readonly Recorder _recorder;
    private readonly WorkloadClient _client;

    public WorkloadClientTests()
    {
        _recorder = new Recorder(Path.Combine(_directory.Path, "history.jsonl"));
        _client = new WorkloadClient(1, Clients, new ClientTargets([1, 2], _cluster), _recorder, new SplitMix64(1));
    }

    [Theory]
    [InlineData(WriteOutcome.Committed, HistoryEventType.Ok, false)]
    [InlineData(WriteOutcome.ConditionFailed, HistoryEventType.Ok, false)]
    [InlineData(WriteOutcome.Rejected, HistoryEventType.Fail, true)]
    [InlineData(WriteOutcome.Indeterminate, HistoryEventType.Info, true)]
    public async Task A_write_is_noted_by_its_outcome(
        WriteOutcome outcome, HistoryEventType noted, bool isUnsuccessful)
    {
        await _client.WriteAsync("write", Key, 7, () => Task.FromResult(new Receipt(outcome, 7, 3, "why")));
        Assert.Equal(noted, _recorder.Events()[^1].Type);
        Assert.Equal(isUnsuccessful ? 1 : 0, _client.Unsuccessful);

        // What may still be under way must not be of the process that goes on.
        Assert.Equal(outcome == WriteOutcome.Indeterminate ? 1 + Clients : 1, _client.Process);
    }

    [Fact]
    public async Task A_write_that_ends_with_an_error_may_have_been_executed()
    {
        await _client.WriteAsync("write", Key, 7, () => throw new IOException("The connection is lost."));
        Assert.Equal(HistoryEventType.Info, _recorder.Events()[^1].Type);
        Assert.Equal(1 + Clients, _client.Process);
    }

    [Fact]
    public async Task A_read_that_ends_with_an_error_did_nothing()
    {
        await _client.ReadAsync("read", Key, () => throw new TimeoutException("Nobody answers."));
        Assert.Equal(HistoryEventType.Fail, _recorder.Events()[^1].Type);
        Assert.Equal(1, _client.Process);
        Assert.Equal(1, _client.Unsuccessful);
    }

    [Fact]
    public async Task An_answer_that_can_not_be_ends_the_client() => await Assert.ThrowsAsync<FormatException>(
        () => _client.WriteAsync("write", Key, 7, () => throw new FormatException("x is no number.")));

    public void Dispose()
    {
        _client.Dispose();
        _recorder.Dispose();
        _cluster.Dispose();
        _directory.Dispose();
    }
}
