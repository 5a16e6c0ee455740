using KvProcesses.Workloads;

namespace Harness.Nemeses;

/// <summary>Something that breaks a cluster and heals it again. Called by one caller, one call at a time.</summary>
internal interface INemesis
{
    /// <summary>Gets the name that the command line knows.</summary>
    string Name { get; }

    /// <summary>Gets what a node did under the last fault that it must not have done, in words; null for nothing. Known
    /// when the fault has ended.</summary>
    string? Objection => null;

    /// <summary>Breaks something.</summary>
    /// <param name="random">Decides what.</param>
    /// <returns>What, in words.</returns>
    Task<string> BeginAsync(SplitMix64 random);

    /// <summary>Heals all that <see cref="BeginAsync"/> broke.</summary>
    /// <returns>Whether it had an effect that a node or a client met.</returns>
    Task<bool> EndAsync();
}
