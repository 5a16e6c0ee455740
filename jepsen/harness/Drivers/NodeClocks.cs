using System.Globalization;

namespace Harness.Drivers;

/// <summary>Clocks of nodes that can be set, by libfaketime. A jump is one of the wall clock alone, as by an
/// administrator or NTP: no kernel lets the other clock jump. A rate is that of both.</summary>
internal sealed class NodeClocks : IDisposable
{
    private static readonly TimeSpan ReadTimeout = TimeSpan.FromSeconds(2);

    // With its own way of waiting on the other clock, whoever waits would be woken at once, and wait again.
    private static readonly string[] WallClockAlone = ["DONT_FAKE_MONOTONIC=1", "FAKETIME_FORCE_MONOTONIC_FIX=0"];
    private readonly string _directory;
    private readonly string _library;
    private readonly double[] _rates;
    private readonly HttpClient _http = new() { Timeout = ReadTimeout };

    /// <summary>Creates clocks that are right.</summary>
    /// <param name="directory">Where the files go that libfaketime reads.</param>
    /// <param name="nodes">How many nodes.</param>
    /// <exception cref="InvalidOperationException">There is no libfaketime.</exception>
    public NodeClocks(string directory, int nodes)
    {
        _directory = directory;
        _library = Directory.EnumerateFiles("/usr/lib", "libfaketimeMT.so.1", SearchOption.AllDirectories)
            .FirstOrDefault() ?? throw new InvalidOperationException(
                "Clocks of nodes need libfaketime, which is not under /usr/lib: install the package libfaketime.");
        _rates = [.. Enumerable.Repeat(1.0, nodes + 1)];
        for (int node = 1; node <= nodes; node++)
        {
            Jump(node, 0);
        }
    }

    /// <summary>Gets the program, with its options, that gives a node its clock.</summary>
    public IReadOnlyList<string> WrapperOf(int node) =>
    [
        "env", $"LD_PRELOAD={_library}", $"FAKETIME_TIMESTAMP_FILE={FileOf(node)}", "FAKETIME_CACHE_DURATION=1",
        .. _rates[node] == 1 ? WallClockAlone : [],
    ];

    /// <summary>Sets a wall clock, within a second.</summary>
    /// <param name="node">The node.</param>
    /// <param name="ahead">How many seconds it is ahead of the right time.</param>
    public void Jump(int node, int ahead) =>
        Write(node, ahead.ToString("+0;-0;+0", CultureInfo.InvariantCulture));

    /// <summary>Sets how fast a node's clocks run from its next start on.</summary>
    /// <param name="node">The node.</param>
    /// <param name="rate">Their seconds in a second.</param>
    public void SetRate(int node, double rate)
    {
        _rates[node] = rate;
        Write(node, rate == 1 ? "+0" : string.Create(CultureInfo.InvariantCulture, $"+0 x{rate}"));
    }

    /// <summary>Asks a node for the time, in whole seconds.</summary>
    /// <param name="address">Where it listens.</param>
    /// <returns>Null if it doesn't answer.</returns>
    public async Task<DateTimeOffset?> ReadAsync(Uri address)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, address)
        {
            Version = new Version(2, 0), VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        try
        {
            using HttpResponseMessage response = await _http.SendAsync(request).ConfigureAwait(false);
            return response.Headers.Date;
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            return null;
        }
    }

    public void Dispose() => _http.Dispose();

    private string FileOf(int node) => Path.Combine(_directory, $"node{node}.clock");

    // By a rename: a node must not find half of it.
    private void Write(int node, string text)
    {
        string next = $"{FileOf(node)}.next";
        File.WriteAllText(next, text);
        File.Move(next, FileOf(node), overwrite: true);
    }
}
