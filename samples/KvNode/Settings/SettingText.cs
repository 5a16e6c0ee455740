using System.Globalization;
using System.Net;
using Replication.Raft.Primitives;
using Replication.Storage.Identity;

namespace KvNode.Settings;

/// <summary>Turns the texts of settings into values. Every refusal is a FormatException that says what was
/// expected.</summary>
internal static class SettingText
{
    private static readonly (string Suffix, double Milliseconds)[] Durations =
        [("ms", 1), ("min", 60_000), ("s", 1_000), ("h", 3_600_000)];

    private static readonly (string Suffix, long Bytes)[] Sizes =
        [("KiB", 1L << 10), ("MiB", 1L << 20), ("GiB", 1L << 30), ("B", 1)];

    public static TimeSpan Duration(string text)
    {
        foreach ((string suffix, double milliseconds) in Durations)
        {
            if (text.EndsWith(suffix, StringComparison.Ordinal)
                && double.TryParse(
                    text[..^suffix.Length], NumberStyles.Float, CultureInfo.InvariantCulture, out double count)
                && Math.Abs(count * milliseconds) < TimeSpan.MaxValue.TotalMilliseconds / 2)
            {
                return TimeSpan.FromMilliseconds(count * milliseconds);
            }
        }

        // A bare number would be taken for days.
        return text.Contains(':', StringComparison.Ordinal)
            && TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out TimeSpan value)
            ? value
            : throw new FormatException("a duration such as 50ms, 2s, 5min, 1h or 00:00:00.050 is expected");
    }

    public static long Size(string text)
    {
        foreach ((string suffix, long unit) in Sizes)
        {
            if (text.EndsWith(suffix, StringComparison.Ordinal)
                && long.TryParse(
                    text[..^suffix.Length], NumberStyles.None, CultureInfo.InvariantCulture, out long count)
                && count <= long.MaxValue / unit)
            {
                return count * unit;
            }
        }

        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long bytes)
            ? bytes
            : throw new FormatException("a size such as 4096, 64KiB, 64MiB or 8GiB is expected");
    }

    public static int SmallSize(string text)
    {
        long size = Size(text);
        return size <= int.MaxValue ? (int)size : throw new FormatException("at most 2147483647 bytes are possible");
    }

    public static int Count(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value)
            ? value
            : throw new FormatException("a whole number is expected");

    public static double Ratio(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
            && double.IsFinite(value)
            ? value
            : throw new FormatException("a number such as 0.5 is expected");

    public static bool Flag(string text) =>
        bool.TryParse(text, out bool value) ? value : throw new FormatException("true or false is expected");

    public static Guid ClusterId(string text) =>
        Guid.TryParse(text, out Guid value) && value != Guid.Empty
            ? value
            : throw new FormatException("a UUID other than zero is expected");

    public static NodeId Node(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value > 0
            ? new NodeId(value)
            : throw new FormatException("a node id from 1 on is expected");

    public static IPEndPoint EndPoint(string text) =>
        IPEndPoint.TryParse(text, out IPEndPoint? value) && text.Contains(':', StringComparison.Ordinal)
            ? value
            : throw new FormatException("IP:PORT is expected, such as 127.0.0.1:7001 or 0.0.0.0:7001 or [::1]:7001");

    public static Uri Address(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out Uri? value)
            && value.Scheme is "http" or "https"
            && value.PathAndQuery == "/"
            ? value
            : throw new FormatException(
                "an address such as http://127.0.0.1:7001 or https://node1.example:7001 is expected");

    public static KeyValuePair<int, string> PerNode(string text)
    {
        int split = text.IndexOf('=', StringComparison.Ordinal);
        return split > 0
            ? new(Node(text[..split]).Value, text[(split + 1)..])
            : throw new FormatException("ID=ADDRESS is expected, such as 2=http://127.0.0.1:7002");
    }

    public static ClusterMember Member(string text)
    {
        (int node, string value) = PerNode(text);
        int comma = value.IndexOf(',', StringComparison.Ordinal);
        return comma < 0
            ? new ClusterMember(new NodeId(node), Address(value))
            : new ClusterMember(new NodeId(node), Address(value[..comma]), Count(value[(comma + 1)..]));
    }

    public static T Name<T>(string text)
        where T : struct, Enum =>
        Enum.TryParse(text, ignoreCase: true, out T value) && Enum.IsDefined(value)
            ? value
            : throw new FormatException($"one of {string.Join(", ", Enum.GetNames<T>())} is expected");

    public static IReadOnlyList<string> Names(string text)
    {
        string[] names = text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return names.Length > 0 ? names : throw new FormatException("at least one name is expected");
    }

    public static string Path(string text) =>
        text.Length > 0 ? text : throw new FormatException("a path is expected");
}
