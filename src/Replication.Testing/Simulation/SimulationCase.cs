using System.Globalization;
using Replication.Testing.Simulation.Faults;
using Replication.Testing.Simulation.Workloads;

namespace Replication.Testing.Simulation;

/// <summary>Everything that a run follows from: settings, faults, and the operations of the clients if they are
/// prescribed instead of drawn.</summary>
internal sealed class SimulationCase
{
    private const string SettingWord = "set";
    private const string CallsWord = "calls";

    /// <summary>Makes a case.</summary>
    /// <param name="config">The settings.</param>
    /// <param name="plan">The faults.</param>
    /// <param name="calls">The operations; null if they are drawn while the run goes on.</param>
    /// <exception cref="FormatException">A fault or a call names a node or a client that there isn't, or a call is of
    /// several groups.</exception>
    public SimulationCase(SimulationConfig config, FaultPlan plan, IReadOnlyList<PlannedCall>? calls = null)
    {
        Config = config;
        Plan = plan;
        Calls = calls;
        foreach (PlannedFault fault in plan.Faults.Where(fault => !NodeMapping.Fits(fault, config.Nodes)))
        {
            throw new FormatException($"'{fault}' is of a node that {config.Nodes} nodes have not.");
        }

        if (calls?.FirstOrDefault(call => call.Steps.Any(
            step => step.Key % config.Groups != call.GroupOf(config.Groups))) is { } wide)
        {
            throw new FormatException($"'{wide}' is of several groups, and a transaction is of one.");
        }

        if (calls?.FirstOrDefault(call => call.Client >= config.Clients || call.Client < 0) is { } stranger)
        {
            throw new FormatException($"'{stranger}' is of a client that {config.Clients} clients have not.");
        }
    }

    public SimulationConfig Config { get; }

    public FaultPlan Plan { get; }

    public IReadOnlyList<PlannedCall>? Calls { get; }

    public SimulationCase With(SimulationConfig config) => new(config, Plan, Calls);

    public SimulationCase With(FaultPlan plan) => new(Config, plan, Calls);

    public SimulationCase With(IReadOnlyList<PlannedCall> calls) => new(Config, Plan, calls);

    /// <summary>Reads a plan file. Empty lines and what stands behind a # mean nothing; a line of faults is as
    /// <see cref="PlannedFault"/> writes it, "set NAME VALUE" is a setting, "calls COUNT" stands before the operations
    /// if they are prescribed.</summary>
    /// <param name="lines">The lines.</param>
    /// <param name="otherwise">The settings of a file that names none; one that does starts from the defaults.</param>
    /// <exception cref="FormatException">It is no plan file.</exception>
    public static SimulationCase Parse(IEnumerable<string> lines, SimulationConfig otherwise)
    {
        SimulationConfig? named = null;
        List<string> faults = [];
        List<PlannedCall> calls = [];
        int? count = null;
        foreach (string line in lines.Select(line => line.Split('#')[0].Trim()).Where(line => line.Length > 0))
        {
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            switch (words[0])
            {
                case SettingWord when words.Length == 3:
                    named = SimulationSettings.With(
                        named ?? new SimulationConfig { Seed = otherwise.Seed }, words[1], words[2]);
                    break;
                case CallsWord when words.Length == 2:
                    count = int.Parse(words[1], CultureInfo.InvariantCulture);
                    break;
                case PlannedCall.Word:
                    calls.Add(PlannedCall.Parse(line));
                    break;
                default:
                    faults.Add(line);
                    break;
            }
        }

        // A file that was cut off would be another run.
        if (calls.Count != (count ?? 0))
        {
            throw new FormatException($"The file says {CallsWord} {count ?? 0}, and has {calls.Count} of them.");
        }

        return new SimulationCase(named ?? otherwise, FaultPlan.Parse(faults), count is null ? null : calls);
    }

    /// <summary>Gets the case as the lines of a plan file that names every setting beside the defaults.</summary>
    public IEnumerable<string> ToLines()
    {
        SimulationConfig defaults = new() { Seed = 0 };
        yield return $"{SettingWord} {nameof(SimulationConfig.Seed)} {Config.Seed}";
        foreach (string name in SimulationSettings.Names.Where(name => name != nameof(SimulationConfig.Seed)))
        {
            string text = SimulationSettings.Text(Config, name).Replace(" ", string.Empty, StringComparison.Ordinal);
            if (SimulationSettings.Text(defaults, name) != SimulationSettings.Text(Config, name))
            {
                yield return $"{SettingWord} {name} {text}";
            }
        }

        foreach (string line in Plan.ToLines())
        {
            yield return line;
        }

        if (Calls is null)
        {
            yield break;
        }

        yield return $"{CallsWord} {Calls.Count}";
        foreach (PlannedCall call in Calls)
        {
            yield return call.ToString();
        }
    }
}
