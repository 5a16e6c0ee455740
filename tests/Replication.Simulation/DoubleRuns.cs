using System.Globalization;
using Replication.Testing.Simulation;

namespace Replication.Simulation;

/// <summary>Runs each seed twice in one process and compares all that happened; with a file, also with what another
/// build made of the same seeds.</summary>
/// <param name="profile">How settings follow from seeds.</param>
/// <param name="output">Where differences are told.</param>
internal sealed class DoubleRuns(Profile profile, TextWriter output)
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<ulong, string> _hashes = [];
    private int _differences;

    /// <summary>Gets a hash over the hashes of all seeds.</summary>
    public ulong Joined
    {
        get
        {
            StateHash joined = default;
            foreach (string line in _hashes.Values)
            {
                joined.Add(StateHash.Of(System.Text.Encoding.ASCII.GetBytes(line)));
            }

            return joined.Value;
        }
    }

    /// <summary>Runs seeds twice, or once if another build is the second time.</summary>
    /// <returns>How many seeds ran in two ways.</returns>
    public int Run(ulong from, long count, int workers, bool isOnce = false)
    {
        ParallelOptions options = new() { MaxDegreeOfParallelism = workers };
        Parallel.For(0L, count, options, number =>
        {
            ulong seed = from + (ulong)number;
            string first = Line(seed, profile.Run(seed));
            Take(seed, first, isOnce ? first : Line(seed, profile.Run(seed)));
        });
        return _differences;
    }

    /// <summary>Writes a line for each seed: seed, hash, events.</summary>
    public void Write(string path) => File.WriteAllLines(path, _hashes.Values);

    /// <summary>Compares with a file that <see cref="Write"/> wrote.</summary>
    /// <returns>How many seeds differ; a seed that is not in the file differs.</returns>
    public int Compare(string path)
    {
        HashSet<string> others = [.. File.ReadLines(path)];
        int differences = 0;
        foreach (string line in _hashes.Values.Where(line => !others.Contains(line)))
        {
            differences++;
            output.WriteLine($"not in {path}: {line}");
        }

        return differences;
    }

    private static string Line(ulong seed, SimulationResult result) => string.Create(
        CultureInfo.InvariantCulture, $"{seed} {result.Hash:x16} {result.Events}");

    private void Take(ulong seed, string first, string second)
    {
        lock (_gate)
        {
            _hashes[seed] = first;
            if (first != second)
            {
                _differences++;
                output.WriteLine($"differs: {first}, then {second}");
            }
        }
    }
}
