using System.Globalization;
using System.Text.RegularExpressions;
using Replication.Testing.Simulation;
using Replication.Testing.Simulation.Shrinking;

namespace Replication.Simulation.Bugs;

/// <summary>The size of a shrunk run, and what it took.</summary>
internal sealed partial record ShrunkSize(int Nodes, int Faults, int Clients, int Operations, int Runs, double Seconds)
{
    /// <summary>Gets the size of what shrinking left.</summary>
    public static ShrunkSize Of(ShrinkResult shrunk, TimeSpan time)
    {
        SimulationCase small = shrunk.Case;
        return new ShrunkSize(
            small.Config.Nodes, small.Plan.Faults.Count, small.Config.Clients,
            small.Calls?.Count ?? shrunk.Result.Operations.Count, shrunk.Runs, time.TotalSeconds);
    }

    /// <summary>Finds the size among the lines of the verb that shrinks.</summary>
    /// <returns>Null if it says none.</returns>
    public static ShrunkSize? Parse(IEnumerable<string> lines)
    {
        Match? match = lines.Select(line => Form().Match(line)).FirstOrDefault(match => match.Success);
        return match is null ? null : new ShrunkSize(
            Number("nodes"), Number("faults"), Number("clients"), Number("operations"), Number("runs"),
            double.Parse(match.Groups["seconds"].Value, CultureInfo.InvariantCulture));

        int Number(string name) => int.Parse(match.Groups[name].Value, CultureInfo.InvariantCulture);
    }

    /// <summary>Gets the form that <see cref="Parse"/> reads.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"shrunk by {Runs} runs in {Seconds:0.0} s to {Nodes} nodes, {Faults} faults, {Clients} clients, "
        + $"{Operations} operations");

    [GeneratedRegex(
        @"shrunk by (?<runs>\d+) runs in (?<seconds>[\d.]+) s to (?<nodes>\d+) nodes, (?<faults>\d+) faults, "
        + @"(?<clients>\d+) clients, (?<operations>\d+) operations")]
    private static partial Regex Form();
}
