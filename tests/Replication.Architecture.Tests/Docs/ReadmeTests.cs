using System.Text.RegularExpressions;

namespace Replication.Architecture.Tests.Docs;

/// <summary>The documents say nothing that the code doesn't: blocks are compiled samples, links and commands lead
/// somewhere.</summary>
public sealed partial class ReadmeTests
{
    private static IEnumerable<string> Documents =>
        Repository.TextFiles.Where(p => p.EndsWith(".md", StringComparison.Ordinal));

    [Fact]
    public void Every_code_block_equals_a_compiled_sample()
    {
        Repository.AssertNone(
            Documents.SelectMany(d => SnippetRule.Violations(d, Repository.Read(d), ReadIfThere)),
            "A block that nobody compiles grows wrong in silence.");
    }

    [Fact]
    public void A_block_that_differs_from_its_sample_would_be_found()
    {
        const string file = "class A\n{\n    // snippet: use\n    Call(1);\n\n    Call(2);\n    // end\n}\n";
        const string good = "x\n<!-- snippet: A.cs#use -->\n```csharp\nCall(1);\n\nCall(2);\n```\n";

        Assert.Empty(SnippetRule.Violations("d", good, _ => file));
        Assert.Empty(SnippetRule.Violations("d", "<!-- snippet: A.cs -->\n```csharp\n" + file + "```\n", _ => file));
        Assert.Single(
            SnippetRule.Violations("d", good.Replace("Call(2)", "Call(3)", StringComparison.Ordinal), _ => file));
        Assert.Single(SnippetRule.Violations("d", good.Replace("#use", "#other", StringComparison.Ordinal), _ => file));
        Assert.Single(SnippetRule.Violations("d", good, _ => null));
        Assert.Single(SnippetRule.Violations("d", "```csharp\nCall(1);\n```\n", _ => file));
    }

    [Fact]
    public void Every_link_inside_the_repository_leads_to_a_file()
    {
        (string Document, string Target)[] links =
        [
            .. from document in Documents
               from Match link in Link().Matches(Repository.Read(document))
               let target = link.Groups[1].Value.Split('#')[0]
               where target.Length > 0 && !target.Contains(':', StringComparison.Ordinal)
               select (document, target),
        ];

        Assert.NotEmpty(links);
        Repository.AssertNone(
            links.Where(l => !Exists(l.Document, l.Target)).Select(l => $"{l.Document}: {l.Target}"),
            "Mend the link or write the page.");
    }

    [Fact]
    public void Every_project_that_a_documents_command_names_exists()
    {
        (string Document, string Path)[] named =
        [
            .. from document in Documents
               from Match command in ProjectInCommand().Matches(Repository.Read(document))
               select (document, command.Groups[1].Value.TrimEnd('.')),
        ];

        Assert.NotEmpty(named);
        Repository.AssertNone(
            named.Where(n => !Path.Exists(Repository.FullPath(n.Path))).Select(n => $"{n.Document}: {n.Path}")
                .Distinct(),
            "A command in a document can be typed as it stands.");
    }

    [Fact]
    public void The_readme_is_short()
    {
        Assert.InRange(Tidy(Repository.Read("README.md")), 1, 200);

        static int Tidy(string text) => text.Count(c => c == '\n');
    }

    private static string? ReadIfThere(string path) =>
        File.Exists(Repository.FullPath(path)) ? Repository.Read(path) : null;

    private static bool Exists(string document, string target) =>
        Path.Exists(Path.Combine(Path.GetDirectoryName(Repository.FullPath(document))!, target));

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(
        @"(?:--project|dotnet (?:test|build|run))\s+(?:-c Release\s+)?"
        + @"((?:src|tests|samples|benchmarks|jepsen)/[\w./]+|\w+\.sln)")]
    private static partial Regex ProjectInCommand();
}
