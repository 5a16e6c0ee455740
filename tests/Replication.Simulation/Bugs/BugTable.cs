using System.Globalization;

namespace Replication.Simulation.Bugs;

/// <summary>The table of planted bugs, a file that grows row by row, and the page beside it.</summary>
internal sealed class BugTable
{
    private readonly string _path;
    private readonly IReadOnlyList<PlantedBug> _planted;
    private readonly IReadOnlyList<PlantedBug> _equivalent;

    private readonly SourceState _sources;

    public BugTable(
        string path, IReadOnlyList<PlantedBug> planted, IReadOnlyList<PlantedBug> equivalent, SourceState sources)
    {
        _sources = sources;
        _path = path;
        _planted = planted;
        _equivalent = equivalent;
    }

    /// <summary>Finds out whether a bug has a row of this commit.</summary>
    public bool IsDone(PlantedBug bug) => Done().ContainsKey(bug.Name);

    /// <summary>Gets the rows of this commit. Changed sources have none: they may have changed again.</summary>
    public SortedDictionary<string, BugRow> Done() => new(
        BugRow.ReadAll(_path).Where(pair => !_sources.IsChanged && pair.Value.Commit == _sources.Commit
            && _planted.Any(bug => bug.Name == pair.Key)).ToDictionary(),
        StringComparer.Ordinal);

    /// <summary>Puts a row in, in place of an earlier one of its bug; rows of bugs that are planted no longer
    /// go.</summary>
    public void Put(BugRow row)
    {
        SortedDictionary<string, BugRow> rows = BugRow.ReadAll(_path);
        rows[row.Bug] = row with
        {
            Commit = _sources.Commit,
            Date = DateTime.UtcNow.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        };

        // An interruption leaves the table as it was or as it is to be.
        BugRow.WriteAll(_path + ".new",
            _planted.Where(bug => rows.ContainsKey(bug.Name)).Select(bug => rows[bug.Name]));
        File.Move(_path + ".new", _path, overwrite: true);
        WritePage();
    }

    /// <summary>Writes the page beside the table.</summary>
    public void WritePage() => BugPage.Write(
        Path.ChangeExtension(_path, ".md"), BugRow.ReadAll(_path), _planted, _equivalent);
}
