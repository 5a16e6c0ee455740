using System.Globalization;

namespace Replication.Testing.Simulation.Faults;

/// <summary>One fault of a plan.</summary>
/// <param name="AtMilliseconds">When, since the start of the run.</param>
/// <param name="Kind">What.</param>
/// <param name="Node">The node, 0 for none or for the leader of that moment.</param>
/// <param name="Peer">Another node, or a mask of nodes.</param>
/// <param name="DurationMilliseconds">For how long.</param>
/// <param name="Amount">How much; see the kind.</param>
internal readonly record struct PlannedFault(
    long AtMilliseconds, FaultKind Kind, int Node, int Peer, long DurationMilliseconds, long Amount)
{
    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    /// <exception cref="FormatException">It is not a fault.</exception>
    public static PlannedFault Parse(string line)
    {
        string[] parts = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return parts.Length == 6 && Enum.TryParse(parts[1], out FaultKind kind)
            ? new PlannedFault(Number(parts[0]), kind, (int)Number(parts[2]), (int)Number(parts[3]), Number(parts[4]),
                Number(parts[5]))
            : throw new FormatException($"'{line}' is no fault: at-ms kind node peer duration-ms amount.");
    }

    /// <summary>Gets the fault as a line of a plan file: at, kind, node, peer, duration, amount.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{AtMilliseconds} {Kind} {Node} {Peer} {DurationMilliseconds} {Amount}");

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
