using System.Reflection;
using System.Text.Json;
using Harness.Runs;

namespace Harness.Report;

/// <summary>One page of HTML for one run, with everything in it: nothing is loaded from anywhere.</summary>
internal static class ReportPage
{
    /// <summary>Writes the page.</summary>
    public static void Write(TestResult result, string path)
    {
        string title = $"{result.Options.Workload} under {result.Options.NemesisText} on {result.Options.Driver}";

        // The default encoder leaves no '<' in the data: it can't end the script that holds it.
        string page = Resource("report.html")
            .Replace("{{title}}", title, StringComparison.Ordinal)
            .Replace("{{style}}", Resource("report.css"), StringComparison.Ordinal)
            .Replace("{{data}}", JsonSerializer.Serialize(ReportData.Of(result)), StringComparison.Ordinal)
            .Replace("{{script}}", Resource("report.js"), StringComparison.Ordinal);
        File.WriteAllText(path, page);
    }

    private static string Resource(string name)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"{name} is not embedded.");
        using StreamReader reader = new(stream);
        return reader.ReadToEnd();
    }
}
