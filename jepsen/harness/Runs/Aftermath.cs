using Replication.Testing.Checkers;

namespace Harness.Runs;

/// <summary>What became of a cluster when all was healed.</summary>
/// <param name="Recovery">Whether it came back.</param>
/// <param name="LastReads">Whether everything could be read once more.</param>
/// <param name="Nodes">Whether nodes did what they must under faults, and did not end otherwise.</param>
internal sealed record Aftermath(Verdict Recovery, Verdict LastReads, Verdict Nodes);
