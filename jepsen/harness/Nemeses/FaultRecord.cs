namespace Harness.Nemeses;

/// <summary>A fault of a run.</summary>
/// <param name="Nemesis">Whose.</param>
/// <param name="What">What it did.</param>
/// <param name="Begin">When it began, in nanoseconds of the run.</param>
/// <param name="End">When it was healed.</param>
/// <param name="HadEffect">Whether it was seen to strike.</param>
internal sealed record FaultRecord(string Nemesis, string What, long Begin, long End, bool HadEffect);
