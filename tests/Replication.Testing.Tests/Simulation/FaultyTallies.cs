using System.Buffers;
using Replication.StateMachines;
using Replication.Testing.Checkers;
using Replication.Testing.Checkers.Linearizability;
using Replication.Testing.Histories;
using Replication.Testing.Simulation;
using SimulatedStateMachine;

namespace Replication.Testing.Tests.Simulation;

/// <summary>A tally around another one, to be made wrong in one place.</summary>
internal abstract class WrappedTally : IStateMachine
{
    protected Tally Votes { get; } = new();

    public virtual long VotesOf(int candidate) => Votes.VotesOf(candidate);

    public virtual void Apply(in ApplyContext context, ReadOnlySpan<byte> command, IBufferWriter<byte> result) =>
        Votes.Apply(context, command, result);

    public virtual IStateMachineSnapshot CaptureSnapshot() => Votes.CaptureSnapshot();

    public virtual void RestoreSnapshot(Stream source) => Votes.RestoreSnapshot(source);
}

/// <summary>Every node counts from a number of its own.</summary>
internal sealed class NodeDependentTally(int bias) : WrappedTally
{
    public override void Apply(in ApplyContext context, ReadOnlySpan<byte> command, IBufferWriter<byte> result)
    {
        base.Apply(context, command, result);
        result.Write([(byte)bias]);
    }
}

/// <summary>Answers alike everywhere, but keeps something of its own.</summary>
internal sealed class HiddenDifferenceTally(int bias) : WrappedTally
{
    public int Bias => bias;
}

/// <summary>Forgets its votes when it is restored.</summary>
internal sealed class ForgetfulTally : WrappedTally
{
    public override void RestoreSnapshot(Stream source)
    {
        // Read, as it must be, and put into another machine than this one.
        new Tally().RestoreSnapshot(source);
    }
}

/// <summary>Shows what was counted one vote late.</summary>
internal sealed class LateTally : WrappedTally
{
    public override long VotesOf(int candidate) => Math.Max(0, base.VotesOf(candidate) - 1);
}

/// <summary>Can't execute the hundredth vote of anybody.</summary>
internal sealed class ThrowingTally : WrappedTally
{
    public override void Apply(in ApplyContext context, ReadOnlySpan<byte> command, IBufferWriter<byte> result)
    {
        base.Apply(context, command, result);
        if (VotesOf(command[0]) == 100)
        {
            throw new InvalidOperationException("planted");
        }
    }
}

/// <summary>The workload of the sample for any of them.</summary>
internal sealed class WrappedTallyWorkload(Func<int, WrappedTally> create) : StateMachineWorkload<WrappedTally>
{
    private int _created;

    public override WrappedTally CreateMachine() => create(_created++);

    public override SimulatedOperation<WrappedTally> Draw(WorkloadRandom random)
    {
        int candidate = random.Below(4);
        return random.Chance(0.5)
            ? Command("increment", candidate, 1, BitConverter.GetBytes(candidate))
            : Query("read", candidate, tally => tally.VotesOf(candidate));
    }

    public override Verdict Check(History history) =>
        LinearizabilityChecker.Check(history, LinearizabilityModels.Counter);

    public override void WriteState(WrappedTally machine, Stream destination)
    {
        base.WriteState(machine, destination);
        destination.WriteByte((byte)((machine as HiddenDifferenceTally)?.Bias ?? 0));
    }
}
