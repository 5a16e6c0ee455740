using System.Globalization;
using Harness.Drivers;
using KvNode;
using KvProcesses.Processes;
using KvProcesses.Workloads;

namespace Harness.Nemeses;

/// <summary>Kills a minority and flips a bit in the middle of the log of each. A node that sees the
/// damage must refuse to start; what was there before is put back in the end, as from the disk of a mirror.</summary>
internal sealed class CorruptNemesis(IClusterDriver driver) : INemesis
{
    private readonly List<Damage> _damages = [];
    private int _refused;
    private string? _objection;

    /// <inheritdoc/>
    public string Name => "corrupt";

    /// <inheritdoc/>
    public string? Objection => _objection;

    /// <inheritdoc/>
    public async Task<string> BeginAsync(SplitMix64 random)
    {
        _refused = 0;
        _objection = null;
        int minority = Math.Max(1, (driver.Nodes.Count - 1) / 2);
        int first = random.Next(0, driver.Nodes.Count);
        List<string> words = [];
        for (int i = 0; i < minority; i++)
        {
            int node = driver.Nodes[(first + i) % driver.Nodes.Count];
            await driver.KillAsync(node).ConfigureAwait(false);
            Damage damage = Damage.Make(node, LogFileOf(driver.DataOf(node)), random);
            _damages.Add(damage);
            words.Add(string.Create(CultureInfo.InvariantCulture, $"{node} at {damage.Offset}"));
            _refused += await IsRefusedAsync(node).ConfigureAwait(false) ? 1 : 0;
        }

        return $"corrupt {string.Join(", ", words)}";
    }

    /// <inheritdoc/>
    public async Task<bool> EndAsync()
    {
        foreach (Damage damage in _damages)
        {
            // One that started had no need of that part of its log.
            await driver.KillAsync(damage.Node).ConfigureAwait(false);
            damage.Undo();
            await driver.StartAsync(damage.Node).ConfigureAwait(false);
        }

        _damages.Clear();
        return _refused > 0;
    }

    private async Task<bool> IsRefusedAsync(int node)
    {
        try
        {
            await driver.StartAsync(node).ConfigureAwait(false);
            return false;
        }
        catch (NodeStartException e)
        {
            bool isRefused = e.ExitCode == (int)ExitCode.Corrupted;
            _objection = isRefused ? _objection : $"With a damaged log: {e.Message}";
            return isRefused;
        }
    }

    private static string LogFileOf(string directory) =>
        new DirectoryInfo(Path.Combine(directory, "wal")).EnumerateFiles("log.*").MaxBy(file => file.Length)!.FullName;

    private sealed record Damage(int Node, string File, long Offset, byte Before)
    {
        // Within what was written: the rest of a preallocated file holds zeros.
        public static Damage Make(int node, string file, SplitMix64 random)
        {
            using FileStream stream = new(file, FileMode.Open, FileAccess.ReadWrite);
            byte[] content = new byte[stream.Length];
            stream.ReadExactly(content);
            int used = Array.FindLastIndex(content, value => value != 0) + 1;
            int offset = random.Next(used / 4, Math.Max((used / 4) + 1, used / 2));
            Damage damage = new(node, file, offset, content[offset]);
            stream.Position = offset;
            stream.WriteByte((byte)(content[offset] ^ (1 << random.Next(0, 8))));
            return damage;
        }

        public void Undo()
        {
            using FileStream stream = new(File, FileMode.Open, FileAccess.Write) { Position = Offset };
            stream.WriteByte(Before);
        }
    }
}
