using System.Globalization;

namespace Replication.Grpc.Wire;

/// <summary>The value of <c>grpc-timeout</c>: at most eight digits and a unit (H, M, S, m, u, n).</summary>
internal static class GrpcTimeout
{
    private const long DigitsMax = 99_999_999;

    /// <summary>
    /// Writes a timeout in the finest unit that fits; rounded up, so that a server never gives up before its client.
    /// </summary>
    public static string Encode(TimeSpan timeout)
    {
        long ticks = Math.Max(timeout.Ticks, 0);
        return Fits(ticks, 1, 100, "n")
            ?? Fits(ticks, TimeSpan.TicksPerMicrosecond, 1, "u")
            ?? Fits(ticks, TimeSpan.TicksPerMillisecond, 1, "m")
            ?? Fits(ticks, TimeSpan.TicksPerSecond, 1, "S")
            ?? Fits(ticks, TimeSpan.TicksPerMinute, 1, "M")
            ?? Fits(ticks, TimeSpan.TicksPerHour, 1, "H")
            ?? "99999999H";
    }

    /// <summary>Reads a timeout.</summary>
    /// <returns>False if the text isn't one.</returns>
    public static bool TryDecode(string text, out TimeSpan timeout)
    {
        timeout = default;
        if (text.Length is < 2 or > 9
            || !long.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture,
                out long value))
        {
            return false;
        }

        // The largest value in the largest unit is 11,415 years, which a TimeSpan (29,247 years) holds.
        long? ticks = text[^1] switch
        {
            'H' => value * TimeSpan.TicksPerHour,
            'M' => value * TimeSpan.TicksPerMinute,
            'S' => value * TimeSpan.TicksPerSecond,
            'm' => value * TimeSpan.TicksPerMillisecond,
            'u' => value * TimeSpan.TicksPerMicrosecond,
            'n' => (value + 99) / 100,
            _ => null,
        };
        timeout = new TimeSpan(ticks ?? 0);
        return ticks is not null;
    }

    private static string? Fits(long ticks, long ticksPerUnit, long unitsPerTick, string unit)
    {
        long units = (ticks / ticksPerUnit) + (ticks % ticksPerUnit == 0 ? 0 : 1);
        return units <= DigitsMax / unitsPerTick
            ? (units * unitsPerTick).ToString(CultureInfo.InvariantCulture) + unit
            : null;
    }
}
