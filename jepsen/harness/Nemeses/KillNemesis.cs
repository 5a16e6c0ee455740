using Harness.Drivers;
using KvProcesses.Workloads;

namespace Harness.Nemeses;

/// <summary>Ends processes with SIGKILL, one, the leader, a minority or all, and starts them again.</summary>
internal sealed class KillNemesis(IClusterDriver driver) : INemesis
{
    private readonly List<int> _killed = [];

    /// <inheritdoc/>
    public string Name => "kill";

    /// <inheritdoc/>
    public async Task<string> BeginAsync(SplitMix64 random)
    {
        IReadOnlyList<int> victims = await Victims.DrawAsync(driver, random, mayBeAll: true).ConfigureAwait(false);
        bool[] ran = await Task.WhenAll(victims.Select(driver.KillAsync)).ConfigureAwait(false);
        _killed.AddRange(victims.Where((_, i) => ran[i]));
        return $"kill {string.Join(' ', victims)}";
    }

    /// <inheritdoc/>
    public async Task<bool> EndAsync()
    {
        await Task.WhenAll(_killed.Select(driver.StartAsync)).ConfigureAwait(false);
        bool hadEffect = _killed.Count > 0;
        _killed.Clear();
        return hadEffect;
    }
}
