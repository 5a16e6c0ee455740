using System.Text.Json;
using Harness.Runs;

namespace Harness.Campaigns;

/// <summary>A run of a campaign.</summary>
/// <param name="Options">What is asked for.</param>
/// <param name="Expect">The verdict that it must have: valid, or invalid for a control.</param>
internal sealed record PlannedRun(TestOptions Options, string Expect);

/// <summary>The runs of a campaign, from a file.</summary>
internal static class CampaignPlan
{
    private static readonly JsonSerializerOptions Form = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    /// <summary>Reads a file.</summary>
    /// <exception cref="FormatException">It isn't there, isn't of the form, or a run has a bad option.</exception>
    public static IReadOnlyList<PlannedRun> Read(string path)
    {
        try
        {
            return Parse(File.ReadAllText(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FormatException(e.Message, e);
        }
    }

    /// <summary>Reads JSON.</summary>
    /// <exception cref="FormatException">It isn't of the form, or a run has a bad option.</exception>
    public static IReadOnlyList<PlannedRun> Parse(string json)
    {
        PlanFile file;
        try
        {
            file = JsonSerializer.Deserialize<PlanFile>(json, Form) ?? throw new FormatException("There is no plan.");
        }
        catch (JsonException e)
        {
            throw new FormatException($"The plan can't be read: {e.Message}", e);
        }

        return file.Runs is { Count: > 0 }
            ? [.. file.Runs.Select((run, i) => Planned(file.Common ?? "", run, i + 1))]
            : throw new FormatException("The plan has no runs.");
    }

    private static PlannedRun Planned(string common, RunEntry run, int number)
    {
        try
        {
            TestOptions options = TestOptions.Parse(
                $"{common} {run.Options}".Split(' ', StringSplitOptions.RemoveEmptyEntries));
            string expect = run.Expect ?? "valid";
            return expect is "valid" or "invalid" ? new PlannedRun(options, expect)
                : throw new FormatException($"expect is \"{expect}\"; there are valid and invalid.");
        }
        catch (FormatException e)
        {
            throw new FormatException($"Run {number}: {e.Message}", e);
        }
    }

    private sealed record PlanFile(string? Common, IReadOnlyList<RunEntry>? Runs);

    private sealed record RunEntry(string? Options, string? Expect);
}
