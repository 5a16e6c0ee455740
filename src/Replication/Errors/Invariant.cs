using System.Diagnostics.CodeAnalysis;
using Replication.Raft.Invariants;

namespace Replication.Errors;

/// <summary>Rules of the driver that hold at all times, checked in every build.</summary>
internal static class Invariant
{
    /// <summary>Throws if a rule is broken: the node stops, which is safe, instead of being wrong.</summary>
    /// <param name="condition">Whether it holds.</param>
    /// <param name="rule">The rule, as a sentence without its full stop.</param>
    /// <exception cref="InvariantViolationException">The rule is broken.</exception>
    public static void Check([DoesNotReturnIf(false)] bool condition, string rule)
    {
        if (!condition)
        {
            throw new InvariantViolationException($"Invariant broken: {rule}.");
        }
    }
}
