using System.Text;
using Replication.Groups;
using Replication.Groups.Shell;
using Replication.Primitives;
using Replication.Raft.Primitives;

namespace Replication.Tests.Groups;

/// <summary>A proposal whose outcome a test looks at.</summary>
internal sealed class TestProposal : Proposal
{
    public ProposalCompletion? Result { get; private set; }

    public Exception? Error { get; private set; }

    public bool IsWithdrawn { get; set; }

    public int Ends { get; private set; }

    public string Text => Encoding.UTF8.GetString(Payload.Span);

    public bool IsCommitted => Result is { Outcome: WriteOutcome.Committed };

    public string ResultText => Encoding.UTF8.GetString(Result!.Value.Result.Span);

    public override bool TryTake() => !IsWithdrawn;

    public override void Complete(in ProposalCompletion completion)
    {
        Ends++;
        Result ??= completion;
    }

    public override void Expire(LogId id) =>
        Result ??= new ProposalCompletion { Outcome = WriteOutcome.Indeterminate, Id = id };

    public override void Refuse(Exception error) => Error = error;
}

/// <summary>A read whose outcome a test looks at.</summary>
internal sealed class TestRead(RecordingMachine machine) : ReadRequest
{
    public ReadPosition? Position { get; private set; }

    public Exception? Error { get; private set; }

    /// <summary>Gets what the machine showed at the moment the read was allowed.</summary>
    public IReadOnlyList<string> Seen { get; private set; } = [];

    public override void Complete(in ReadPosition position)
    {
        Position = position;
        Seen = machine.Published;
    }

    public override void Fail(Exception error) => Error = error;
}
