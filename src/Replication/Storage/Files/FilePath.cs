namespace Replication.Storage.Files;

/// <summary>Paths relative to the root of a file system, with '/' between parts; the root itself is empty.</summary>
internal static class FilePath
{
    public static string Combine(string directory, string name) => directory.Length == 0 ? name : $"{directory}/{name}";

    /// <summary>Gets the directory that holds a path; empty for the root.</summary>
    public static string Parent(string path)
    {
        int slash = path.LastIndexOf('/');
        return slash < 0 ? string.Empty : path[..slash];
    }

    public static string Name(string path) => path[(path.LastIndexOf('/') + 1)..];

    /// <summary>Creates a directory and those above it, and makes each of their entries durable.</summary>
    public static void CreateDurableDirectory(IFileSystem files, string directory)
    {
        if (directory.Length == 0)
        {
            return;
        }

        string parent = Parent(directory);
        CreateDurableDirectory(files, parent);
        files.CreateDirectory(directory);
        files.SyncDirectory(parent);
    }

    /// <summary>Refuses absolute paths, empty parts, and parts that lead upwards.</summary>
    public static string Check(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        foreach (string part in path.Split('/'))
        {
            if ((part.Length == 0 && path.Length > 0) || part is "." or ".." || part.Contains('\\'))
            {
                throw new ArgumentException($"'{path}' is not a path below the root.", nameof(path));
            }
        }

        return path;
    }
}
