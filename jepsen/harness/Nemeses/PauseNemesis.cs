using Harness.Drivers;
using KvProcesses.Workloads;

namespace Harness.Nemeses;

/// <summary>Stops processes in their tracks (SIGSTOP) and lets them go on.</summary>
internal sealed class PauseNemesis(IClusterDriver driver) : INemesis
{
    private readonly List<int> _paused = [];

    /// <inheritdoc/>
    public string Name => "pause";

    /// <inheritdoc/>
    public async Task<string> BeginAsync(SplitMix64 random)
    {
        IReadOnlyList<int> victims = await Victims.DrawAsync(driver, random, mayBeAll: false).ConfigureAwait(false);
        _paused.AddRange(victims.Where(driver.Pause));
        return $"pause {string.Join(' ', victims)}";
    }

    /// <inheritdoc/>
    public async Task<bool> EndAsync()
    {
        // A process that is stopped says nothing. It may still have answered while it was being stopped.
        bool wasSilent = await Victims.AreSilentAsync(driver, _paused).ConfigureAwait(false);
        _paused.ForEach(driver.Resume);
        _paused.Clear();
        return wasSilent;
    }
}
