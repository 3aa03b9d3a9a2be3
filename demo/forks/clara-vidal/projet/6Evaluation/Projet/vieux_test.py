# premier essai trouvé sur un forum, ne sert plus
import urllib2

page = urllib2.urlopen("http://www.meteo.example/villes")
for ligne in page.readlines():
    print ligne
