using Replication.Groups;
using Replication.Groups.Shell;
using Replication.Primitives;
using Replication.Raft.Primitives;

namespace Replication.Tests.StateMachines;

/// <summary>A group of one: commits at once, or loses, refuses and delays what it is told to.</summary>
internal sealed class FakeGroupClient(TestReplica replica) : GroupClient
{
    private readonly List<TestEntry> _committed = [];
    private long _next = replica.AppliedId.Index.Value + 1;

    public override string Name => "orders";

    public override GroupStatus Status => throw new NotSupportedException();

    public long NowMilliseconds { get; set; } = 1_000;

    /// <summary>Gets or sets whether committed entries wait for the next read index before they are applied
    /// here.</summary>
    public bool IsLagging { get; set; }

    /// <summary>Gets or sets how the next proposal ends instead; it is committed nevertheless if
    /// <see cref="CommitsWhatItLoses"/>.</summary>
    public ProposalCompletion? NextInstead { get; set; }

    public bool CommitsWhatItLoses { get; set; }

    public Exception? ReadFailure { get; set; }

    public int ReadIndexCalls { get; private set; }

    public byte[] LastPayload { get; private set; } = [];

    public override void ThrowIfStopped()
    {
    }

    public override ValueTask<ProposalCompletion> ProposeAsync(
        ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        LastPayload = payload.ToArray();
        ProposalCompletion? instead = NextInstead;
        NextInstead = null;
        if (instead is { } lost && !CommitsWhatItLoses)
        {
            return new(lost);
        }

        TestEntry entry = TestReplica.Entry(_next++, NowMilliseconds, LastPayload);
        if (IsLagging)
        {
            _committed.Add(entry);
            return new(new ProposalCompletion { Outcome = WriteOutcome.Indeterminate });
        }

        ReadOnlyMemory<byte> result = replica.Apply(entry);
        return new(instead ?? new ProposalCompletion
        {
            Outcome = WriteOutcome.Committed,
            Id = entry.Context.Id,
            Timestamp = entry.Context.Timestamp,
            Leader = new NodeId(1),
            Result = result,
        });
    }

    public override ValueTask<ReadPosition> ReadIndexAsync(CancellationToken cancellationToken)
    {
        ReadIndexCalls++;
        if (ReadFailure is not null)
        {
            throw ReadFailure;
        }

        foreach (TestEntry entry in _committed)
        {
            replica.Apply(entry);
        }

        _committed.Clear();
        return new(new ReadPosition(new LogId(new Term(1), new LogIndex(_next - 1)), new Term(1), new NodeId(1)));
    }

    public override ValueTask<T> QueryAsync<T>(Func<T> query, CancellationToken cancellationToken) => new(query());
}
