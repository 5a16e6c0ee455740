using Replication.Testing.Checkers;

namespace Harness.Runs;

/// <summary>What one check said.</summary>
/// <param name="Check">Which.</param>
/// <param name="Verdict">What it said.</param>
internal sealed record NamedVerdict(string Check, Verdict Verdict);
