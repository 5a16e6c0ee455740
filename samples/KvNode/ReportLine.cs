using System.Text.Json;

namespace KvNode;

/// <summary>The lines on standard output: one JSON object each, for programs; people read standard error.</summary>
internal static class ReportLine
{
    public static void Initialized(int node, Guid cluster, Guid directory, string path) =>
        Write(new { @event = "initialized", node, cluster, directory, path });

    public static void Ready(int node, Uri address) =>
        Write(new { @event = "ready", node, address = Plain(address), pid = Environment.ProcessId });

    public static void Stopping(int node, string signal) =>
        Write(new { @event = "stopping", node, signal });

    public static void Stopped(int node) =>
        Write(new { @event = "stopped", node });

    private static string Plain(Uri address) => address.GetLeftPart(UriPartial.Authority);

    private static void Write(object line)
    {
        Console.Out.WriteLine(JsonSerializer.Serialize(line));
        Console.Out.Flush();
    }
}
